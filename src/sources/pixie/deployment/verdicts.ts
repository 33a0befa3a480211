/** Why no PEM runs a tracepoint, as far as its words tell. */
export interface Refusal {
  readonly kind: RefusalKind;
  /** The PEM's own words, one line; empty where there are none. */
  readonly text: string;
}

/**
 * `not-here`: the PEM does not know the pod, or does not know it yet. `wrong-target`: it knows the pod, but not which of
 * its processes is meant. `silent`: no PEM said anything. `ended`: it was ended in the cluster. `skipped`: the user did
 * not want to wait.
 */
export type RefusalKind =
  | 'no-symbol'
  | 'no-debug-info'
  | 'ambiguous'
  | 'other-arguments'
  | 'other'
  | 'wrong-target'
  | 'not-here'
  | 'silent'
  | 'ended'
  | 'skipped';

/**
 * The most telling of what the PEMs said. Every PEM is asked, and all but the pod's own refuse, so a refusal that shows
 * knowledge of the program or of the pod outweighs the others.
 */
export function refusalOf(texts: readonly string[]): Refusal {
  const refusals = texts.map(oneRefusal);
  const telling = byWeight.flatMap((kind) => refusals.filter((refusal) => refusal.kind === kind));
  return telling[0] ?? { kind: 'not-here', text: '' };
}

/** Only a PEM that does not know the pod may be followed by one that does. */
export const isProvisional = ({ kind }: Refusal): boolean => kind === 'not-here';

/** Waiting will not change it: the same program would be refused again. */
export const isHopeless = ({ kind }: Refusal): boolean => hopeless.has(kind);

/** In words that can follow `failed:`, with the PEM's own in brackets where they add something. */
export function refusalWords({ kind, text }: Refusal): string {
  const words = wordsFor[kind];
  if (words === undefined) return text;
  const first = shortened(text);
  return first === '' ? words : `${words} (${first})`;
}

/** In a word or three. */
export const refusalRemark = (refusal: Refusal): string => wordsFor[refusal.kind] ?? refusal.text;

const byWeight: readonly RefusalKind[] = [
  'no-symbol',
  'no-debug-info',
  'ambiguous',
  'other-arguments',
  'other',
  'wrong-target',
  'not-here',
];
const hopeless = new Set<RefusalKind>([
  'no-symbol',
  'no-debug-info',
  'ambiguous',
  'other-arguments',
  'wrong-target',
]);

const wordsFor: Readonly<Record<RefusalKind, string | undefined>> = {
  'no-symbol': 'the program has no such function',
  'no-debug-info': 'the program has no debug information',
  ambiguous: 'the name fits several functions',
  'other-arguments': 'the function has other arguments than expected',
  other: undefined,
  'wrong-target': 'the pod has several containers or processes',
  'not-here': 'no PEM knew the pod',
  silent: 'no PEM said anything',
  ended: 'it was ended in the cluster',
  skipped: 'tried again at once',
};

function oneRefusal(raw: string): Refusal {
  const text = raw.replace(/\s+/g, ' ').trim();
  const found = phrases.find(([phrase]) => phrase.test(text));
  return { kind: found?.[1] ?? (text === '' ? 'not-here' : 'other'), text };
}

/**
 * What the PEM says (its stirling.cc, dynamic_tracer.cc, autogen.cc and dwarvifier.cc); first come those that are
 * wrapped in "Target binary/UPID not found" although the pod is known.
 */
const phrases: readonly (readonly [RegExp, RefusalKind])[] = [
  [/multiple (Pods|containers|processes)|more than 1 UPIDs|Invalid Pod name/i, 'wrong-target'],
  [/binary\/UPID not found|K8s metadata|Could not find Pod|no live container|no UPIDs in/i, 'not-here'],
  [/Could not find debug symbols|no DWARF/i, 'no-debug-info'],
  [/Could not find (valid )?symbol/i, 'no-symbol'],
  [/Symbol is ambiguous/i, 'ambiguous'],
  [/Could not find argument|Unsupported (argument|return value)|is not supported yet/i, 'other-arguments'],
];

/** Enough to look it up by: the rest repeats the pod's name. */
const shortened = (text: string): string => text.replace(/, error message: .*$/i, '');
