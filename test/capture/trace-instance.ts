import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fieldValue, readFormat, recordsOf } from './ring-buffer.js';

/** A uprobe to be: the event's name, the instruction's offset in the file, `name=WHERE:TYPE` for each value. */
export interface UprobePlan {
  readonly event: string;
  readonly fileOffset: number;
  readonly args: readonly string[];
}

/** The uprobes of one file. */
export interface UprobesOnFile {
  readonly path: string;
  readonly plans: readonly UprobePlan[];
}

/** One time that a uprobe fired. */
export interface Hit {
  readonly event: string;
  /** CLOCK_MONOTONIC. */
  readonly atNs: number;
  /** The thread. */
  readonly tid: number;
  readonly values: ReadonlyMap<string, bigint>;
}

export interface TraceInstance {
  start(): void;
  /** Stops and gives all that was recorded, in the order of time. Throws when the kernel lost anything. */
  stop(): readonly Hit[];
  /** Takes all probes out and leaves nothing. May be called again. */
  remove(): void;
}

/**
 * Places uprobes on one file, with a trace instance of their own that is read only at the end, so that no reader
 * disturbs. Ordinary probes only, at an entry and at each return instruction: never the kernel's return probe, which
 * makes Go programs crash. They go with this process, unless it is killed: then the next capture removes them.
 */
export function openTrace(tracefs: string, { path, plans }: UprobesOnFile): TraceInstance {
  const group = `${prefix}${process.pid}`;
  const instance = join(tracefs, 'instances', group);
  const remove = () => removeGroup(tracefs, group);
  process.once('exit', remove);
  for (const { event, fileOffset, args } of plans) {
    const place = `${path}:0x${fileOffset.toString(16)}`;
    append(tracefs, `p:${group}/${event} ${place} ${args.join(' ')}`);
  }
  mkdirSync(instance);
  writeFileSync(join(instance, 'trace_clock'), 'mono');
  writeFileSync(join(instance, 'options/overwrite'), '0'); // a full buffer then counts what it drops
  writeFileSync(join(instance, 'buffer_size_kb'), String(bufferKiB));
  const enable = (value: '0' | '1') => writeFileSync(join(instance, 'events', group, 'enable'), value);
  return {
    start: () => enable('1'),
    stop: () => {
      enable('0');
      const hits = readHits(instance, group, plans);
      checkWhole(instance, path, hits);
      return hits;
    },
    remove,
  };
}

const prefix = 'gctop_capture_';

/** Per CPU: 100,000 records and more, of about 80 bytes. */
const bufferKiB = 16_384;

/** Removes what captures left that were killed. */
export function removeLeftovers(tracefs: string): void {
  const names = [...readdirSync(join(tracefs, 'instances')), ...eventsIn(tracefs).map(({ group }) => group)];
  for (const group of new Set(names.filter((name) => name.startsWith(prefix)))) {
    if (!existsSync(`/proc/${group.slice(prefix.length)}`)) removeGroup(tracefs, group);
  }
}

/** First the events are disabled, then the instance goes, then the events: otherwise the kernel calls them busy. */
function removeGroup(tracefs: string, group: string): void {
  const instance = join(tracefs, 'instances', group);
  const enable = join(instance, 'events', group, 'enable');
  if (existsSync(enable)) writeFileSync(enable, '0');
  if (existsSync(instance)) rmdirSync(instance);
  for (const event of eventsIn(tracefs)) {
    if (event.group === group) append(tracefs, `-:${group}/${event.name}`);
  }
}

/** uprobe_events is shared and only ever appended to: opening it to write anew would delete everybody's probes. */
function append(tracefs: string, line: string): void {
  appendFileSync(join(tracefs, 'uprobe_events'), `${line}\n`);
}

const eventsIn = (tracefs: string): readonly { readonly group: string; readonly name: string }[] =>
  [...readFileSync(join(tracefs, 'uprobe_events'), 'utf8').matchAll(/^p:(\w+)\/(\w+) /gm)].map(
    ([, group = '', name = '']) => ({ group, name }),
  );

function readHits(instance: string, group: string, plans: readonly UprobePlan[]): readonly Hit[] {
  const formats = new Map(
    plans.map(({ event }) => {
      const format = readFormat(readFileSync(join(instance, 'events', group, event, 'format'), 'utf8'));
      return [format.id, { event, fields: format.fields }];
    }),
  );
  return cpusOf(instance)
    .flatMap((cpu) => pagesOf(join(cpu, 'trace_pipe_raw')).flatMap(recordsOf))
    .map(({ atNs, data }) => {
      const format = formats.get(data.getUint16(0, true));
      if (format === undefined) throw new Error('the buffer holds an event that is not ours');
      const values = new Map<string, bigint>();
      for (const field of format.fields) {
        const value = fieldValue(data, field);
        if (value !== undefined) values.set(field.name, value);
      }
      return { event: format.event, atNs, tid: Number(values.get('common_pid')), values };
    })
    .sort((a, b) => a.atNs - b.atNs);
}

const cpusOf = (instance: string): readonly string[] =>
  readdirSync(join(instance, 'per_cpu')).map((cpu) => join(instance, 'per_cpu', cpu));

function pagesOf(path: string): readonly DataView[] {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const pages: DataView[] = [];
    for (;;) {
      const page = Buffer.alloc(pageSize);
      const length = readOrNothing(fd, page);
      if (length === 0) return pages;
      pages.push(new DataView(page.buffer, page.byteOffset, length));
    }
  } finally {
    closeSync(fd);
  }
}

const pageSize = 4096;

function readOrNothing(fd: number, page: Buffer): number {
  try {
    return readSync(fd, page);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
    throw error;
  }
}

/** Every hit that the kernel counted must have been read. */
function checkWhole(instance: string, path: string, hits: readonly Hit[]): void {
  for (const cpu of cpusOf(instance)) {
    const stats = readFileSync(join(cpu, 'stats'), 'utf8');
    for (const counter of ['overrun', 'commit overrun', 'dropped events']) {
      const value = new RegExp(`^${counter}: (\\d+)$`, 'm').exec(stats)?.[1];
      if (value !== '0') throw new Error(`the kernel lost records: ${counter} is ${value}`);
    }
  }
  const read = new Map<string, number>();
  for (const { event } of hits) read.set(event, (read.get(event) ?? 0) + 1);
  for (const line of readFileSync(join(instance, '../../uprobe_profile'), 'utf8').split('\n')) {
    const [file, event = '', fired] = line.trim().split(/\s+/);
    if (file === path && Number(fired) !== (read.get(event) ?? 0))
      throw new Error(`'${event}' fired ${fired} times and was read ${read.get(event) ?? 0} times`);
  }
}
