import type { Expression } from './plan.js';
import { CompilerError, type Place } from './plan.js';
import { fullName, type Pod } from './pods.js';
import type { Column, ColumnType, Frame, Value } from './values.js';

/** What an expression may need beside the rows. */
export interface Surroundings {
  /** The moment for which the script was compiled, ns since 1970. */
  readonly nowNs: bigint;
  readonly podOf: (upid: bigint) => Pod | undefined;
}

/** A column without a name yet. */
export interface Computed {
  readonly type: ColumnType;
  readonly values: ArrayLike<Value>;
}

interface Scope extends Surroundings {
  readonly frame: Frame;
  readonly place: Place;
}

/** Computes an expression for each row. Throws `CompilerError`. */
export function evaluate(expression: Expression, scope: Scope): Computed {
  if ('col' in expression) return columnNamed(expression.col, scope);
  if ('ctx' in expression) return contextOf(expression.ctx, scope);
  if ('fn' in expression) return call(expression, scope);
  const value = expression.type === 'int64' ? BigInt(expression.value) : expression.value;
  return { type: expression.type, values: repeated(value, scope.frame.rows) };
}

/** A moment: ns since 1970, a duration before now ('-30s'), or a date. Throws `CompilerError`. */
export function momentOf(
  expression: Expression,
  { place, ...surroundings }: Surroundings & { place: Place },
): bigint {
  const alone = { rows: 1, columns: [] };
  const value = evaluate(expression, { ...surroundings, place, frame: alone }).values[0];
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'string') throw new CompilerError('Expected a time', place);
  const duration = durationNs(value);
  if (duration !== undefined) return surroundings.nowNs + duration;
  const date = Date.parse(value.replace(/ ([+-]\d{2})(\d{2})$/, '$1:$2').replace(' ', 'T'));
  if (Number.isNaN(date)) throw new CompilerError(`Failed to parse time: '${value}'`, place);
  return BigInt(date) * 1_000_000n;
}

const unitNs: Readonly<Record<string, bigint>> = {
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};

function durationNs(text: string): bigint | undefined {
  const [, amount, unit] = /^(-?\d+)(ms|m|s|h|d)$/.exec(text) ?? [];
  return amount === undefined || unit === undefined ? undefined : BigInt(amount) * (unitNs[unit] ?? 0n);
}

/** A column of a frame. Throws `CompilerError`. */
export function columnNamed(name: string, { frame, place }: { frame: Frame; place: Place }): Column {
  const column = frame.columns.find((known) => known.name === name);
  if (column === undefined) throw new CompilerError(`Column '${name}' not found in parent dataframe`, place);
  return column;
}

/** What Pixie knows of a row's process. */
const contextWords: Readonly<Record<string, (pod: Pod) => Value>> = {
  pod: fullName,
  pod_name: fullName,
  namespace: ({ namespace }) => namespace,
  node: ({ node }) => node,
  node_name: ({ node }) => node,
  hostname: ({ node }) => node,
  container: ({ containers }) => containers[0] ?? '',
  container_name: ({ containers }) => containers[0] ?? '',
  cmdline: ({ name }) => `/${name}`,
  pid: ({ pid }) => BigInt(pid),
};

function contextOf(word: string, scope: Scope): Computed {
  const read = contextWords[word];
  if (read === undefined)
    throw new CompilerError(`Specified attribute '${word}' is not a valid metadata attribute`, scope.place);
  const upids = columnNamed('upid', scope).values;
  const known = new Map<Value, Value>();
  const type = word === 'pid' ? 'int64' : 'string';
  return {
    type,
    values: mapped(upids, (upid) => remembered(known, upid, () => ofPod(upid, { read, scope }))),
  };
}

function ofPod(upid: Value, { read, scope }: { read: (pod: Pod) => Value; scope: Scope }): Value {
  const pod = typeof upid === 'bigint' ? scope.podOf(upid) : undefined;
  return pod === undefined ? '' : read(pod);
}

function call({ fn, args }: { fn: string; args: readonly Expression[] }, scope: Scope): Computed {
  const { rows } = scope.frame;
  if (fn === 'now') return { type: 'time64ns', values: repeated(scope.nowNs, rows) };
  const [first, second] = args.map((arg) => evaluate(arg, scope));
  if (first === undefined)
    throw new CompilerError(`${fn}() missing 1 required positional argument`, scope.place);
  const { values } = first;
  const word = /^upid_to_(.+)$/.exec(fn)?.[1];
  if (word !== undefined) return ofUpid(word, { values, scope });
  if (fn === 'int64_to_time') return { type: 'time64ns', values };
  if (fn === 'time_to_int64') return { type: 'int64', values };
  const rounding = roundings[fn];
  if (rounding !== undefined) {
    return { type: 'int64', values: mapped(values, (value) => BigInt(rounding(Number(value)))) };
  }
  if (fn === 'abs')
    return { ...first, values: mapped(values, (value) => (below(value, 0n) ? negative(value) : value)) };
  if (fn === 'parse_duration')
    return { type: 'int64', values: mapped(values, (value) => durationNs(String(value)) ?? 0n) };
  if (second === undefined) throw new CompilerError(`The stand-in does not know '${fn}'`, scope.place);
  return binary(fn, { first, second, rows, place: scope.place });
}

function ofUpid(word: string, { values, scope }: { values: ArrayLike<Value>; scope: Scope }): Computed {
  if (word === 'pid')
    return { type: 'int64', values: mapped(values, (upid) => (BigInt(upid) >> 64n) & 0xffff_ffffn) };
  if (word === 'asid') return { type: 'int64', values: mapped(values, (upid) => BigInt(upid) >> 96n) };
  if (word === 'start_ts')
    return { type: 'time64ns', values: mapped(values, (upid) => BigInt(upid) & 0xffff_ffff_ffff_ffffn) };
  if (word === 'string') return { type: 'string', values: mapped(values, (upid) => uuidText(BigInt(upid))) };
  const read = contextWords[word];
  if (read === undefined) throw new CompilerError(`Could not find function 'upid_to_${word}'.`, scope.place);
  return { type: 'string', values: mapped(values, (upid) => ofPod(upid, { read, scope })) };
}

/** A UINT128 in the dashed form. */
export const uuidText = (value: bigint): string =>
  value
    .toString(16)
    .padStart(32, '0')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

interface Operands {
  readonly first: Computed;
  readonly second: Computed;
  readonly rows: number;
  readonly place: Place;
}

function binary(fn: string, { first, second, rows, place }: Operands): Computed {
  const both = (act: (a: Value, b: Value) => Value): Value[] =>
    Array.from({ length: rows }, (_, row) => act(first.values[row] ?? 0n, second.values[row] ?? 0n));
  const truth = (act: (a: Value, b: Value) => boolean): Computed => ({ type: 'boolean', values: both(act) });
  switch (fn) {
    case '==':
      return truth(equal);
    case '!=':
      return truth((a, b) => !equal(a, b));
    case '<':
      return truth((a, b) => a < b);
    case '<=':
      return truth((a, b) => a <= b);
    case '>':
      return truth((a, b) => a > b);
    case '>=':
      return truth((a, b) => a >= b);
    case 'and':
      return truth((a, b) => a === true && b === true);
    case 'or':
      return truth((a, b) => a === true || b === true);
  }
  if (fn === 'bin') {
    const type = first.type === 'time64ns' ? 'time64ns' : 'int64';
    return { type, values: both((a, b) => wholeOf(a) - (wholeOf(a) % wholeOf(b))) };
  }
  const act = arithmetic[fn];
  if (act === undefined) throw new CompilerError(`The stand-in does not know '${fn}'`, place);
  const whole = (type: ColumnType): boolean => type === 'int64' || type === 'time64ns';
  const exact = whole(first.type) && whole(second.type) && fn !== '/';
  const type = exact
    ? first.type === 'time64ns' || second.type === 'time64ns'
      ? 'time64ns'
      : 'int64'
    : 'float64';
  return {
    type,
    values: both(
      exact ? (a, b) => act.whole(BigInt(a), BigInt(b)) : (a, b) => act.real(Number(a), Number(b)),
    ),
  };
}

const roundings: Readonly<Record<string, (value: number) => number>> = { ceil: Math.ceil, floor: Math.floor };

interface Arithmetic {
  readonly whole: (a: bigint, b: bigint) => bigint;
  readonly real: (a: number, b: number) => number;
}

const arithmetic: Readonly<Record<string, Arithmetic>> = {
  '+': { whole: (a, b) => a + b, real: (a, b) => a + b },
  '-': { whole: (a, b) => a - b, real: (a, b) => a - b },
  '*': { whole: (a, b) => a * b, real: (a, b) => a * b },
  '/': { whole: (a, b) => a / b, real: (a, b) => a / b },
  '%': { whole: (a, b) => a % b, real: (a, b) => a % b },
};

const wholeOf = (value: Value): bigint =>
  typeof value === 'number' ? BigInt(Math.trunc(value)) : BigInt(value);

const equal = (a: Value, b: Value): boolean => (typeof a === typeof b ? a === b : Number(a) === Number(b));
const below = (a: Value, b: Value): boolean => a < b;
const negative = (value: Value): Value => (typeof value === 'bigint' ? -value : -Number(value));

const repeated = (value: Value, rows: number): Value[] => new Array<Value>(rows).fill(value);

const mapped = (values: ArrayLike<Value>, act: (value: Value) => Value): Value[] =>
  Array.from({ length: values.length }, (_, row) => act(values[row] ?? 0n));

function remembered(known: Map<Value, Value>, key: Value, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
