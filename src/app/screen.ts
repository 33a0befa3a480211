import type { Command } from '../model/command.js';
import { createModel } from '../model/create.js';
import type { Msg } from '../model/message.js';
import { Channel } from '../system/channel.js';
import type { Capabilities } from '../terminal/capabilities.js';
import { openTerminal, type Terminal, type TerminalInput } from '../terminal/screen.js';
import type { Running } from './app.js';
import { hungUpCode, interruptedCode } from './exit-code.js';
import type { ExitSteps } from './exit-steps.js';
import { runLoop } from './loop.js';
import { mayPickAnother, type Options } from './options.js';
import type { Session } from './session.js';

export interface ScreenOptions {
  readonly capabilities: Capabilities;
  /** Where keys come from. */
  readonly input: TerminalInput;
}

/** Draws the session full screen until it is quit or ended; resolves with the exit code. */
export async function runScreen(
  running: Running,
  { capabilities, input: keys }: ScreenOptions,
  exit: ExitSteps,
): Promise<number | 'pick-another'> {
  const { prepared, session, forward, options, signal } = running;
  const input = new Channel<Msg>();
  const lost = new AbortController();
  const terminal = openTerminal({
    capabilities,
    input: keys,
    output: process.stdout,
    onEvent: (event) => (event.type === 'lost' ? lost.abort() : input.push(event)),
  });
  exit.onRestore(() => terminal.close());
  tellWarnings(session);
  const { clock, frameClock, state, address } = prepared;
  const model = createModel({
    size: terminal.size,
    look: { glyphs: capabilities.glyphs },
    state,
    utcOffsetMinutes: clock.utcOffsetMinutes,
    originUnixMs: clock.originUnixMs,
    // Where a forward ends is told in the stream, each time anew.
    ...trafficOf(forward === undefined || options.traffic !== undefined ? address?.() : undefined),
    ...probesOf(options),
    mayPickAnother: mayPickAnother(options),
    trafficRate: address === undefined ? 0 : (options.rate ?? 0),
  });
  let code: number | 'pick-another' = 0;
  const execute = (command: Command): boolean => {
    if (command.type === 'interrupt') code = interruptedCode;
    if (command.type === 'pick-another') code = command.type;
    return runCommand(command, running, terminal);
  };
  const over = AbortSignal.any([signal, lost.signal]);
  await runLoop({ model, session, terminal, input, clock, frameClock, execute, signal: over });
  return lost.signal.aborted ? hungUpCode : code;
}

const probesOf = ({ probes, probeBudget }: Options) => ({
  ...(probes === 'light' || probes === 'full' ? { askedProbes: probes } : {}),
  ...(probeBudget === undefined ? {} : { probeBudget: probeBudget / 100 }),
});

const trafficOf = (address: URL | undefined) =>
  address === undefined ? {} : { trafficAddress: address.origin };

/** Runs one effect that the model asked for; true where it ends the program. */
function runCommand(command: Command, { traffic, session, forward }: Running, terminal: Terminal): boolean {
  switch (command.type) {
    case 'quit':
    case 'interrupt':
    case 'pick-another':
      return true;
    case 'redraw':
      terminal.redraw();
      return false;
    case 'send-traffic':
      traffic?.send(command.button, command.request);
      return false;
    case 'set-traffic-rate':
      traffic?.setRate(command.perSecond, command.request);
      return false;
    case 'restart-forward':
      forward?.restart();
      return false;
    case 'control-source':
      session.control(command.control);
      return false;
  }
}

/** Node prints its warnings to stderr, which would stand across the picture. */
function tellWarnings(session: Session): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) =>
    session.tell({ type: 'note', level: 'warning', code: 'note.node', text: `${name}: ${message}` }),
  );
}
