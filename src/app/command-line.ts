import { Command, CommanderError, Option } from 'commander';
import { GctopError } from '../error.js';
import {
  type OptionSpec,
  type Options,
  optionFlags,
  optionName,
  optionTable,
  parseOption,
  podOptions,
} from './options.js';
import { version } from './version.js';

/** What the command line asks for. */
export type Invocation =
  | { readonly type: 'print'; readonly text: string }
  /** Nothing is named: it is chosen from a list. */
  | { readonly type: 'pick'; readonly options: Options }
  | { readonly type: 'watch'; readonly pid: number; readonly options: Options }
  | { readonly type: 'pod'; readonly pod: string; readonly options: Options }
  | { readonly type: 'gctrace'; readonly file: string; readonly options: Options }
  | {
      readonly type: 'run';
      readonly command: string;
      readonly args: readonly string[];
      readonly options: Options;
    }
  | { readonly type: 'demo'; readonly options: Options }
  | { readonly type: 'replay'; readonly file: string; readonly options: Options };

const onScreen = ['color', 'ascii', 'mouse'] as const;
const probing = ['probes', 'probeBudget'] as const;
const output = ['json', 'lines', 'record', 'seconds'] as const;

/** Which options each way to start understands; the rest are refused by name. */
const understood: Readonly<Record<'watch' | 'demo' | 'replay', readonly (keyof Options)[]>> = {
  watch: [
    'pid',
    'pod',
    'gctrace',
    ...podOptions,
    ...output,
    'rate',
    'traffic',
    ...probing,
    'follow',
    ...onScreen,
  ],
  demo: ['kubernetes', ...podOptions, ...output, 'rate', ...probing, ...onScreen],
  replay: ['json', 'lines', 'seconds', 'speed', ...onScreen],
};

const examples = `
Examples:
  gctop                           choose from what runs here, the pods of your context, recordings in this folder
  gctop demo                      build and start the demo service, traffic on keys
  gctop -p 4711                   watch a running Go program
  gctop -- ./server -port 8080    start a program and watch it; needs no root
  gctop --pod default/gc-service  watch a pod through Pixie, with a port-forward; needs kubectl and PX_API_KEY
  gctop -p 4711 --json            its collections as NDJSON
  kubectl logs -f deploy/server | gctop --gctrace -
                                  what a program with GODEBUG=gctrace=1 prints, from anywhere
  gctop -p 4711 --record gc.ndjson; gctop replay gc.ndjson

Watching every cycle whole, and all else that is probed, needs root and tracefs; without them memory is sampled, and the
screen says what is missing.
Exit codes: 0 fine, 1 failed while running, 2 usage, unreadable input or no terminal, 4 cannot attach,
            129, 130, 131, 143 ended by HUP, INT, QUIT, TERM.
`;

/** Reads the arguments after the program's name. Throws `USAGE`. */
export function parseCommandLine(argv: readonly string[]): Invocation {
  const dashes = argv.indexOf('--');
  const own = dashes < 0 ? argv : argv.slice(0, dashes);
  const child = dashes < 0 ? undefined : argv.slice(dashes + 1);
  let invocation: Invocation | undefined;
  let printed = '';
  const program = buildProgram(
    child,
    (text) => (printed += text),
    (found) => (invocation = found),
  );
  try {
    program.parse([...own], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { type: 'print', text: printed };
    if (error.code === 'commander.excessArguments') throw usage(tooMany(program));
    throw usage(error.message.replace(/^error: /, ''));
  }
  if (invocation === undefined) throw usage('nothing to do');
  return invocation;
}

type Found = (invocation: Invocation) => void;

function buildProgram(
  child: readonly string[] | undefined,
  print: (text: string) => void,
  found: Found,
): Command {
  const program = configure(new Command('gctop'), print)
    .description("Watches a Go program's garbage collector, live, in the terminal.")
    .usage('[options] [-p PID | --gctrace FILE | --pod POD | -- CMD ARGS | demo | replay FILE]')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .allowExcessArguments(false)
    .addHelpText('after', examples)
    .action((options: Options) => found(watchOrRun(options, child)));
  addOptions(program, 'watch');

  const demo = configure(program.command('demo'), print)
    .description('build and start the demo service and watch it, with traffic on keys')
    .action((_, demo: Command) => found(demoOf(optionsOf(demo, 'demo', child))));
  addOptions(demo, 'demo');

  const replay = configure(program.command('replay'), print)
    .description('watch a recording')
    .argument('<file>', 'what --record wrote')
    .action((file: string, _, replay: Command) =>
      found({ type: 'replay', file, options: optionsOf(replay, 'replay', child) }),
    );
  addOptions(replay, 'replay');
  return program;
}

function configure(command: Command, print: (text: string) => void): Command {
  return command
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({ writeOut: print, writeErr: () => {} })
    .configureHelp({ helpWidth: 100 });
}

function addOptions(command: Command, way: keyof typeof understood): void {
  for (const spec of optionTable) {
    if (!understood[way].includes(spec.name)) continue;
    command.addOption(toOption(spec));
    if (spec.negated !== undefined) {
      command.addOption(new Option(optionName(spec.name).replace('--', '--no-'), spec.negated));
    }
  }
}

function toOption(spec: OptionSpec): Option {
  const option = new Option(optionFlags(spec), spec.help);
  if (spec.kind === 'flag') return option;
  if (spec.default !== undefined) option.default(spec.default);
  return option.argParser((text: string) => parseOption(spec, text));
}

function watchOrRun(options: Options, child: readonly string[] | undefined): Invocation {
  const [command, ...args] = child ?? [];
  const { pid, pod, gctrace, rate, traffic } = options;
  if (rate !== undefined && traffic === undefined && pod === undefined) {
    throw usage('--rate needs to know where to: name it with --traffic URL');
  }
  refuseTwoOutputs(options);
  if ([pid, pod, gctrace, command].filter((named) => named !== undefined).length > 1) {
    throw usage('-p PID, --pod POD, --gctrace FILE and -- CMD name several programs: watch one of them');
  }
  if (options.follow !== undefined && pid === undefined)
    throw usage('--follow and --no-follow go with -p alone');
  if (pod !== undefined) return { type: 'pod', pod, options };
  if (pid === undefined && gctrace === undefined && child === undefined) return pickOf(options);
  refusePodOptions(options, '--pod');
  if (command !== undefined) return { type: 'run', command, args, options };
  if (child !== undefined) throw usage('no command after --');
  if (gctrace !== undefined) return { type: 'gctrace', file: gctrace, options };
  if (pid === undefined) throw nothingToWatch();
  return { type: 'watch', pid, options };
}

function pickOf(options: Options): Invocation {
  if (options.json || options.lines) throw nothingToWatch(); // nobody chooses there
  return { type: 'pick', options };
}

/** Nothing is named, and nobody can choose. */
export const nothingToWatch = (): GctopError =>
  usage(
    'nothing to watch: name a process (-p PID), a pod (--pod POD), a text (--gctrace FILE), a command (-- CMD ARGS), demo, or replay FILE',
  );

/** Throws `USAGE` for an option that was given and does not go with a way to start that was chosen later. */
export function refuseForeign(options: Options, way: keyof typeof understood): void {
  const foreign = optionTable.find(({ name, default: usual }) => {
    const isGiven = options[name] !== undefined && options[name] !== usual;
    return isGiven && !understood[way].includes(name);
  });
  if (foreign !== undefined) throw usage(`${optionName(foreign.name)} does not go with ${way}`);
}

function demoOf(options: Options): Invocation {
  if (options.kubernetes !== true) refusePodOptions(options, '--kubernetes');
  return { type: 'demo', options };
}

function refusePodOptions(options: Options, without: string): void {
  const given = podOptions.find((name) => options[name] !== undefined);
  if (given !== undefined) throw usage(`${optionName(given)} goes with ${without} alone`);
}

function refuseTwoOutputs({ json, lines }: Options): void {
  if (json && lines) throw usage('--json and --lines both write to stdout: choose one');
}

/** The options of a subcommand, also those written before its name. */
function optionsOf(command: Command, way: 'demo' | 'replay', child: readonly string[] | undefined): Options {
  if (child !== undefined) throw usage('a command after -- goes with gctop alone, not with demo or replay');
  const { parent } = command;
  const before = optionTable.filter(({ name }) => parent?.getOptionValueSource(name) === 'cli');
  const foreign = before.find(({ name }) => !understood[way].includes(name));
  if (foreign !== undefined) throw usage(`${optionName(foreign.name)} does not go with ${way}`);
  const options: Options = {
    ...command.opts(),
    ...Object.fromEntries(before.map(({ name }) => [name, parent?.getOptionValue(name)])),
  };
  refuseTwoOutputs(options);
  const isPaced = command.getOptionValueSource('speed') === 'cli';
  if (isPaced && (options.json || options.lines)) {
    throw usage(
      `--speed is for the screen: --${options.json ? 'json' : 'lines'} writes as fast as it is read`,
    );
  }
  return options;
}

function tooMany({ args: [first, ...rest] }: Command): string {
  const isCommand = first === 'demo' || first === 'replay';
  return isCommand
    ? `too many arguments for ${first}: '${rest.at(-1)}'`
    : `'${first}' is no command of gctop`;
}

const usage = (message: string) => new GctopError('USAGE', message, { hint: 'see gctop --help' });
