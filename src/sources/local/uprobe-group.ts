import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../system/errno.js';
import { EventFormat, type RawRecord, readPage } from './ring-buffer.js';
import {
  append,
  detailOf,
  groupsOf,
  removeGroup,
  removeGroupNow,
  type UprobeEvents,
  unusable,
} from './tracefs.js';

/** One uprobe to be. */
export interface UprobePlan {
  /** What the event is called; a word. One event may have several places, with the same arguments (Linux 5.5). */
  readonly event: string;
  /** The instruction's offset in the file. */
  readonly fileOffset: number;
  /** Fetch arguments, `name=@0xADDRESS:u64`. */
  readonly args: readonly string[];
  /** Hits for which this does not hold are dropped in the kernel. */
  readonly filter?: string;
}

/** The uprobes to be placed on one file. */
export interface GroupPlan {
  readonly path: string;
  readonly plans: readonly UprobePlan[];
  /** Room for records that are not yet read, per CPU. */
  readonly bufferKiB: number;
  /** From where times are counted, CLOCK_MONOTONIC. */
  readonly originNs: bigint;
}

/** One time that a uprobe fired. */
export class Hit {
  readonly event: string;
  readonly atNs: number;
  readonly #data: DataView;
  readonly #format: EventFormat;

  constructor(event: string, { atNs, data }: RawRecord, format: EventFormat) {
    this.event = event;
    this.atNs = atNs;
    this.#data = data;
    this.#format = format;
  }

  /** The thread that came by. */
  get tid(): number {
    return this.number('common_pid') ?? 0;
  }

  /** What a fetch argument read, exact up to 2^53; undefined where the probe has no such argument. */
  number(name: string): number | undefined {
    return this.#format.number(this.#data, name);
  }

  bits(name: string): bigint | undefined {
    return this.#format.bits(this.#data, name);
  }
}

/** Uprobes that are in place. */
export interface UprobeGroup {
  /**
   * What was recorded before an instant, in the order of time, and how many records the kernel had no room for. What one
   * processor records while another one is read would come out of order: the instant must lie before the call.
   */
  drain(untilNs?: number): { readonly hits: readonly Hit[]; readonly lost: number };
  /** Takes one event out of the program's way, for good; the kernel needs some 50 ms for it, elsewhere. */
  disable(event: string): Promise<void>;
  /** Takes all out and leaves nothing. May be called again. Throws TRACEFS. */
  remove(): Promise<void>;
}

let made = 0;

/**
 * Puts uprobes in place, with a trace instance of their own to read from, on the monotonic clock. Throws TRACEFS and leaves
 * nothing.
 */
export function addUprobes(tracefs: string, { path, plans, bufferKiB, originNs }: GroupPlan): UprobeGroup {
  const group = `${groupsOf(process.pid)}${made++}`;
  const named = { group, events: [...new Set(plans.map(({ event }) => event))] };
  const instance = join(tracefs, 'instances', group);
  const pipes: number[] = [];
  let removal: Promise<void> | undefined;
  let isGone = false;
  const closePipes = () => {
    for (const pipe of pipes.splice(0)) closeSync(pipe); // an instance that is being read cannot be removed
  };
  const removeNow = () => {
    if (isGone) return;
    isGone = true;
    closePipes();
    removeQuietly(tracefs, named);
  };
  const remove = async () => {
    if (isGone) return;
    closePipes();
    await removeGroup(tracefs, named).catch((error: unknown) => {
      throw unusable(`the probes '${group}' cannot be removed`, error);
    });
    isGone = true;
    atExit.delete(removeNow);
  };
  // The kernel keeps probes when their owner dies. What SIGKILL leaves, the next start removes.
  process.off('exit', removeAllNow).on('exit', removeAllNow);
  atExit.add(removeNow);
  try {
    for (const { event, fileOffset, args } of plans) {
      append(tracefs, `p:${group}/${event} ${path}:0x${fileOffset.toString(16)} ${args.join(' ')}`);
    }
    mkdirSync(instance);
    writeFileSync(join(instance, 'trace_clock'), 'mono');
    writeFileSync(join(instance, 'buffer_size_kb'), String(bufferKiB));
    const events = join(instance, 'events', group);
    const firsts = plans.filter(({ event }, i) => plans.findIndex((other) => other.event === event) === i);
    const formats = firsts.map(({ event, filter }) => {
      if (filter !== undefined) writeFileSync(join(events, event, 'filter'), filter);
      return { event, format: new EventFormat(readFileSync(join(events, event, 'format'), 'utf8')) };
    });
    for (const cpu of readdirSync(join(instance, 'per_cpu'))) {
      const pipe = join(instance, 'per_cpu', cpu, 'trace_pipe_raw');
      pipes.push(openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK));
    }
    writeFileSync(join(events, 'enable'), '1');
    return {
      drain: reader(pipes, formats, originNs),
      disable: (event) => writeFile(join(events, event, 'enable'), '0'),
      remove: () => {
        removal ??= remove();
        return removal;
      },
    };
  } catch (error) {
    const detail = detailOf(tracefs);
    removeNow();
    atExit.delete(removeNow);
    throw unusable(`the kernel refused the probe${detail}`, error);
  }
}

/** What an exit still has to remove, at once; that may take a second. One listener for all: Node warns of many. */
const atExit = new Set<() => void>();

function removeAllNow(): void {
  for (const removeNow of atExit) removeNow();
}

function removeQuietly(tracefs: string, named: UprobeEvents): void {
  try {
    removeGroupNow(tracefs, named);
  } catch {
    // where a probe may not be written nothing may be removed either, and at an exit nobody listens any more
  }
}

interface NamedFormat {
  readonly event: string;
  readonly format: EventFormat;
}

/** Reads the kernel's pages without ever waiting for one. */
function reader(
  pipes: readonly number[],
  formats: readonly NamedFormat[],
  originNs: bigint,
): UprobeGroup['drain'] {
  const byId = new Map(formats.map((each) => [each.format.id, each]));
  const scratch = Buffer.alloc(pageSize);
  let held: readonly Hit[] = [];
  return (untilNs = Number.POSITIVE_INFINITY) => {
    const hits = [...held];
    let lost = 0;
    for (const pipe of pipes) {
      for (let length = readNow(pipe, scratch); length > 0; length = readNow(pipe, scratch)) {
        const page = Uint8Array.prototype.slice.call(scratch, 0, length);
        const read = readPage(new DataView(page.buffer), originNs);
        lost += read.lost;
        for (const record of read.records) {
          const found = byId.get(record.data.getUint16(0, true));
          if (found !== undefined) hits.push(new Hit(found.event, record, found.format));
        }
      }
    }
    hits.sort((a, b) => a.atNs - b.atNs);
    const end = hits.findLastIndex((hit) => hit.atNs < untilNs) + 1;
    held = hits.slice(end);
    return { hits: hits.slice(0, end), lost };
  };
}

/** Of the ring buffer's pages, whose size nobody changes in an instance that is ours. */
const pageSize = 4096;

function readNow(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer);
  } catch (error) {
    if (hasCode(error, 'EAGAIN')) return 0; // nothing there now
    throw error;
  }
}
