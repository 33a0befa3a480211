import { GctopError } from '../error.js';
import {
  type Choice,
  createPicker,
  type PickerAction,
  type PickerCommand,
  type PickerMsg,
} from '../model/picker/picker.js';
import { updatePicker } from '../model/picker/update.js';
import { Channel } from '../system/channel.js';
import { nowUnixMs, systemClock } from '../system/clock.js';
import { type Capabilities, detectCapabilities } from '../terminal/capabilities.js';
import { pickerView } from '../view/picker/view.js';
import { surroundingsOf } from './app.js';
import { openCandidates } from './candidates.js';
import { hungUpCode, interruptedCode } from './exit-code.js';
import type { ExitSteps } from './exit-steps.js';
import { invocationOf } from './invocation-of.js';
import type { Options } from './options.js';
import type { Watching } from './prepare.js';
import { printCandidates } from './print-candidates.js';

/**
 * Lists what can be watched and has a person choose. Resolves with what was chosen, or with the exit code of who leaves
 * without. Where nobody can choose, the list is printed instead. `refusal` says why what was chosen before was not to be
 * had.
 */
export async function pickTarget(
  options: Options,
  exit: ExitSteps,
  refusal?: string,
): Promise<Watching | number> {
  const capabilities = screenFor(options);
  if (capabilities === undefined) return await printCandidates(options);
  const { openTerminal } = await import('../terminal/screen.js'); // the terminal's library is loaded where it draws
  const clock = systemClock();
  const inbox = new Channel<PickerMsg>();
  let code: number | undefined;
  const terminal = openTerminal<PickerAction>({
    capabilities,
    input: process.stdin,
    output: process.stdout,
    onEvent(event) {
      if (event.type !== 'lost') inbox.push(event);
      else {
        code = hungUpCode;
        inbox.close();
      }
    },
  });
  exit.onRestore(() => terminal.close());
  const model = createPicker({
    size: terminal.size,
    look: { glyphs: capabilities.glyphs },
    nowUnixMs: nowUnixMs(clock),
    utcOffsetMinutes: clock.utcOffsetMinutes,
  });
  if (refusal !== undefined) inbox.push({ type: 'refused', why: refusal });
  const candidates = openCandidates({ options, clock, tell: (msg) => inbox.push(msg) });
  exit.onStop(() => candidates.close());

  let chosen: Watching | undefined;
  const execute = (command: PickerCommand): void => {
    if (command.type === 'redraw') terminal.redraw();
    if (command.type === 'look-again') candidates.lookAgain();
    if (command.type === 'watch') {
      const found = invocationOrRefusal(command.choice, options);
      if (typeof found === 'string') inbox.push({ type: 'refused', why: found });
      else chosen = found;
    }
    if (command.type === 'quit') code = 0;
    if (command.type === 'interrupt') code = interruptedCode;
  };
  terminal.paint(pickerView(model));
  for await (const msg of inbox) {
    for (const command of updatePicker(model, msg)) execute(command);
    if (chosen !== undefined || code !== undefined) break;
    if (inbox.length === 0) terminal.paint(pickerView(model));
  }
  await terminal.close();
  await candidates.close();
  return chosen ?? code ?? 0;
}

/** What was chosen; a sentence where an option does not go with it. */
function invocationOrRefusal(choice: Choice, options: Options): Watching | string {
  try {
    return invocationOf(choice, options);
  } catch (error) {
    if (!(error instanceof GctopError)) throw error;
    return error.message;
  }
}

/** Undefined: there is no terminal on which somebody could choose. */
function screenFor(options: Options): Capabilities | undefined {
  try {
    return detectCapabilities(surroundingsOf(process.stdin), options);
  } catch (error) {
    if (error instanceof GctopError && error.code === 'NO_TERMINAL') return undefined;
    throw error;
  }
}
