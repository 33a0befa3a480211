import type { PodList, ProcessCandidate, ProcessList, RecordingCandidate } from '../../src/gc/candidate.js';
import { bytes } from '../../src/gc/units.js';
import type { Size } from '../../src/model/message.js';
import {
  createPicker,
  type PickerCommand,
  type PickerModel,
  type PickerOptions,
} from '../../src/model/picker/picker.js';
import { updatePicker } from '../../src/model/picker/update.js';
import { mebibytes } from './model.js';

const minuteMs = 60e3;
/** 2026-11-23 14:30:18 UTC. */
export const pickerNowMs = Date.UTC(2026, 10, 23, 14, 30, 18);

/** A Go process like any other. */
export const goProcess = (
  change: Partial<ProcessCandidate> & { readonly pid: number },
): ProcessCandidate => ({
  name: 'gc-service',
  command: './gc-service -port 8080',
  user: 'alice',
  startedUnixMs: pickerNowMs - 6 * minuteMs,
  goVersion: 'go1.26.5',
  access: { kind: 'whole' },
  rss: mebibytes(63.5),
  cpu: 0.79,
  live: mebibytes(45.1),
  cycles: 1_842,
  cyclesPerSecond: 3.97,
  gcCpuShare: 0.042,
  ...change,
});

/** What cannot be read has no figures. */
function closed(change: Parameters<typeof goProcess>[0]): ProcessCandidate {
  const { live, cycles, cyclesPerSecond, gcCpuShare, ...rest } = goProcess(change);
  return rest;
}

export const someProcesses: readonly ProcessCandidate[] = [
  goProcess({ pid: 48_213 }),
  goProcess({
    pid: 50_122,
    name: 'gcsvc-old',
    command: '/opt/gcsvc/gcsvc-old --config=/etc/gcsvc.toml',
    goVersion: 'go1.16.15',
    unit: 'gcsvc.service',
    startedUnixMs: pickerNowMs - 191 * minuteMs,
    access: { kind: 'memory', word: 'memory only', why: 'needs root and tracefs' },
    rss: mebibytes(9.44),
    live: mebibytes(2.13),
    cpu: 0.01,
    cycles: 12,
    cyclesPerSecond: 0,
    gcCpuShare: 0.0004,
  }),
  goProcess({
    pid: 60_001,
    name: 'checkout-api-with-a-very-long-name',
    container: 'docker 3f2a91c0b7d4',
    live: mebibytes(812),
    cycles: 20_417,
    cyclesPerSecond: 11.4,
    gcCpuShare: 0.113,
  }),
  closed({
    pid: 31_077,
    name: 'gcs-proxy',
    goVersion: 'go1.23.12',
    access: {
      kind: 'rights',
      word: 'needs root',
      why: "the memory of process '31077' may not be read: kernel.yama.ptrace_scope is 1: run gctop as root, or start the program with it: gctop -- CMD",
    },
  }),
  closed({
    pid: 50_980,
    name: 'gc-arm',
    access: {
      kind: 'refused',
      word: 'not x86-64',
      why: "'aarch64' is not supported: nothing was validated there: gctop reads programs built for linux/amd64",
    },
  }),
];

export const processList = (change: Partial<ProcessList> = {}): ProcessList => ({
  processes: someProcesses,
  total: 231,
  unreadable: 0,
  asRoot: false,
  pending: 0,
  ...change,
});

export const podList: Extract<PodList, { state: 'listed' }> = {
  state: 'listed',
  context: 'minikube',
  namespace: 'default',
  pods: [
    {
      namespace: 'default',
      name: 'gc-service-6c9f7d5b8-x2x4q',
      node: 'minikube-m02',
      running: '1/1',
      isReady: true,
      createdUnixMs: pickerNowMs - 23e3,
      state: 'Running',
    },
    {
      namespace: 'default',
      name: 'gc-service-5d4c8b7f6d-9kq2p',
      node: 'minikube',
      running: '0/1',
      isReady: false,
      createdUnixMs: pickerNowMs - 132 * minuteMs,
      state: 'terminating',
    },
  ],
};

export const someRecordings: readonly RecordingCandidate[] = [
  {
    file: 'gc-service-2026-11-22T1810.ndjson',
    startedUnixMs: Date.UTC(2026, 10, 22, 18, 10, 22),
    lengthNs: 300e9,
    size: mebibytes(2.1),
    target: 'gc-service go1.26.5',
  },
  { file: 'old.ndjson', startedUnixMs: Date.UTC(2026, 8, 1, 9, 5), lengthNs: 0, size: bytes(61) },
];

/** A picker to which nothing was said yet. */
export const emptyPicker = (size: Size, options: Partial<PickerOptions> = {}): PickerModel =>
  createPicker({
    size,
    look: { glyphs: 'braille' },
    nowUnixMs: pickerNowMs,
    utcOffsetMinutes: 0,
    ...options,
  });

/** Processes, pods and recordings. */
export function fullPicker(size: Size, options: Partial<PickerOptions> = {}): PickerModel {
  const model = emptyPicker(size, options);
  updatePicker(model, { type: 'processes', processes: processList() });
  updatePicker(model, { type: 'pods', pods: podList });
  updatePicker(model, { type: 'recordings', recordings: someRecordings });
  return model;
}

/** Presses keys, by blessed's full names; answers with the last one's commands. */
export const pressKeys = (model: PickerModel, ...keys: readonly string[]): readonly PickerCommand[] =>
  keys.reduce<readonly PickerCommand[]>((_, key) => updatePicker(model, { type: 'key', key }), []);
