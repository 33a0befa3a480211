import type { SourceMessage } from '../../gc/stream.js';
import { type Nanos, nanos } from '../../gc/units.js';
import type { Source } from '../source.js';
import { type RecordingCut, readRecording } from './read-recording.js';
import type { ReplayClock } from './replay-clock.js';

export interface RecordingOptions {
  readonly path: string;
  /** Gives each message out when its time has come; absent: as fast as they are read. */
  readonly clock?: ReplayClock;
}

/** A stream that was written by the recorder, given out as it was. */
export function recordingSource({ path, clock }: RecordingOptions): Source {
  return {
    name: 'recording',
    async *open(signal) {
      let atNs = nanos(0);
      try {
        for await (const item of readRecording(path)) {
          if (item.type === 'cut') yield* tellCut(item, atNs);
          else {
            await clock?.until(item.message.atNs, signal);
            atNs = item.message.atNs;
            yield item.message;
          }
          signal.throwIfAborted();
        }
      } catch (error) {
        if (!signal.aborted) throw error;
        yield { type: 'closed', atNs, reason: 'aborted' };
      }
    },
  };
}

function* tellCut({ line, torn }: RecordingCut, atNs: Nanos): Generator<SourceMessage> {
  const how = torn ? `in the middle of line ${line + 1}` : 'without its end';
  yield {
    type: 'note',
    atNs,
    level: 'warning',
    code: 'record.cut',
    text: `the recording stops ${how}; the ${line} lines before are shown`,
  };
  yield { type: 'closed', atNs, reason: 'end' };
}
