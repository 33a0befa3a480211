import type { Choice } from '../model/picker/picker.js';
import { refuseForeign } from './command-line.js';
import type { Options } from './options.js';
import type { Watching } from './prepare.js';

/** What was chosen on the screen, as if it had been typed. Throws `USAGE` for an option that does not go with it. */
export function invocationOf(choice: Choice, options: Options): Watching {
  switch (choice.type) {
    case 'process':
      return { type: 'watch', pid: choice.pid, options };
    case 'pod':
      return { type: 'pod', pod: choice.pod, options };
    case 'recording':
      refuseForeign(options, 'replay');
      return { type: 'replay', file: choice.file, options };
    case 'command': {
      const [command = '', ...args] = choice.words;
      return { type: 'run', command, args, options };
    }
    case 'gctrace':
      return { type: 'gctrace', file: choice.file, options };
    case 'demo':
      refuseForeign(options, 'demo');
      return { type: 'demo', options };
  }
}
