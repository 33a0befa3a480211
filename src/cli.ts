import { parseCommandLine } from './app/command-line.js';
import { exitCodeOf } from './app/exit-code.js';
import { ExitSteps } from './app/exit-steps.js';
import { installShutdown } from './app/shutdown.js';

const exit = new ExitSteps();
const shutdown = installShutdown(exit);
try {
  const invocation = parseCommandLine(process.argv.slice(2));
  if (invocation.type === 'print') process.stdout.write(invocation.text);
  else {
    const { run } = await import('./app/run.js'); // help and version need none of it
    shutdown.leave({ code: await run(invocation, exit) });
  }
} catch (error) {
  shutdown.leave({ code: exitCodeOf(error), error });
}
