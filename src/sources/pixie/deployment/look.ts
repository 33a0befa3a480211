import type { Nanos } from '../../../gc/units.js';
import type { Draft } from '../../order.js';
import { skipCanary } from './canary.js';
import { enter } from './ledger.js';
import { adoptProbe, isRunning, type Probe, placedAttempt } from './probes.js';
import type { Tracepoint } from './scripts.js';
import type { Deployment, Told } from './state.js';
import type { StatusRow } from './status-rows.js';
import { news } from './words.js';

/**
 * Takes in which tracepoints the cluster has. Two that run for one probe of one target write every call twice into the
 * one table, a little apart, and no reader can tell: so what runs already is used, whoever placed it.
 *
 * All that watch a target must come to use the same tracepoint without a word between them. Each therefore takes the one
 * whose name is smallest: they all see the same names, so they all choose alike, and none ever gives up the one that the
 * others go to. (An earlier session's names are smaller, so it is mostly those who come later that move.) The others are
 * deleted, even those of a gctop that may still live: it finds the smaller one at its own next look and goes there, and
 * if it is dead nobody else would delete them. A name that is deleted while somebody still renews it only comes back.
 *
 * What is used is owned: it is deleted at the end, also when it was adopted. Nobody can know whether its first owner
 * lives. If not, leaving it would slow a program for ten minutes after the last who watched it has gone. If it does, it
 * sees at its next look that its tracepoints are gone, and sends them again under the same names, so that any number of
 * those who stay come together again by themselves; they miss the calls of some seconds and say so.
 */
export function takeLook(before: Deployment, rows: readonly StatusRow[] | undefined, nowNs: Nanos): Told {
  const looked: Deployment = { ...before, lookedAtNs: nowNs };
  // One PEM by itself tells nothing of its tracepoints.
  if (rows === undefined) return { state: looked, notes: [] };
  const running = rows.filter(({ state }) => state === 'running');
  const sights = before.probes.map((probe) => sightOf(probe, before, running));
  const { names, notes } = notesOf(before, { sights, nowNs });
  return { state: { ...withSights(looked, sights, nowNs), toldOf: [...before.toldOf, ...names] }, notes };
}

/** What a look shows of one probe. */
interface Sight {
  readonly probe: Probe;
  /** The running tracepoint to use from now on. */
  readonly adopted?: Tracepoint;
  /** Its own is taken to run, and does not. */
  readonly isLost: boolean;
  /** Running ones beside the one that is used. */
  readonly spare: readonly Tracepoint[];
  /** Names of running ones of another program, which write into the same table. */
  readonly rivals: readonly string[];
  /** The same of another target. */
  readonly strangers: readonly string[];
}

function sightOf(probe: Probe, { setting, target }: Deployment, running: readonly StatusRow[]): Sight {
  const { name: prefix, table, targetPrefix } = setting.namesOf(probe.name, target, '');
  const ours = running.filter(({ name }) => name.startsWith(targetPrefix));
  const same = ours.filter(({ name }) => name.startsWith(prefix));
  const rivals = ours.filter((row) => !same.includes(row) && writesInto(table, row.tables));
  const sight = {
    probe,
    isLost: false,
    spare: [],
    rivals: rivals.map(({ name }) => name),
    strangers: strangersOf(table, running).filter((name) => !name.startsWith(targetPrefix)),
  };
  // The program lacks its function: nothing of that name can run there.
  if (probe.stand.kind === 'missing') return sight;
  const [best, ...others] = smallestFirst(same);
  if (best === undefined) return { ...sight, isLost: isRunning(probe) };
  const spare = others.map((name) => ({ probe: probe.name, name, table }));
  if (placedAttempt(probe)?.tracepoint.name === best) return { ...sight, spare };
  return { ...sight, spare, adopted: { probe: probe.name, name: best, table } };
}

const nameOf = (probe: Probe): string => placedAttempt(probe)?.tracepoint.name ?? '';

const smallestFirst = (rows: readonly StatusRow[]): readonly string[] =>
  [...new Set(rows.map(({ name }) => name))].sort((one, other) => (one < other ? -1 : 1));

/**
 * A tracepoint sits in a file and sees whatever process of its node runs that, so a neighbour's may double the calls of
 * this pod. Which file it is in, or on which nodes, the cluster does not tell.
 */
const strangersOf = (table: string, running: readonly StatusRow[]): readonly string[] =>
  running.filter(({ tables }) => tables.includes(table)).map(({ name }) => name);

/** Where that is not told, it may. */
const writesInto = (table: string, tables: readonly string[]): boolean =>
  tables.length === 0 || tables.includes(table);

function withSights(before: Deployment, sights: readonly Sight[], nowNs: Nanos): Deployment {
  const adopted = sights.flatMap((sight) => sight.adopted ?? []);
  const known = new Set(before.ledger.map(({ name }) => name));
  // What is known and not wanted is deleted anyway, and was perhaps tried to be.
  const spare = sights.flatMap((sight) => sight.spare).filter(({ name }) => !known.has(name));
  const isAny = adopted.length > 0;
  return {
    ...before,
    // What is used is renewed at once: nobody knows how long it would still live.
    askAtNs: isAny || sights.some(({ isLost }) => isLost) ? nowNs : before.askAtNs,
    canary: isAny ? skipCanary(before.canary, nowNs) : before.canary,
    probes: sights.map(({ probe, adopted }) =>
      adopted === undefined ? probe : adoptProbe(probe, adopted, nowNs),
    ),
    ledger: enter(before.ledger, [...adopted, ...spare], { ttlMs: before.setting.timing.probeTtlMs, nowNs }),
    ...(isAny ? { renewedAtNs: before.renewedAtNs ?? nowNs } : {}),
  };
}

/** What there is to tell, and the names of which it need not be told again: a deleted one runs for up to 30 s more. */
function notesOf(
  { toldOf, ledger, lookedAtNs, setting }: Deployment,
  { sights, nowNs }: { readonly sights: readonly Sight[]; readonly nowNs: Nanos },
): { readonly names: readonly string[]; readonly notes: readonly Draft[] } {
  const isNew = (name: string): boolean => !toldOf.includes(name);
  const own = new Set(ledger.map(({ name }) => name));
  const fresh = sights.filter(({ adopted, probe }) => adopted && !own.has(adopted.name) && !isRunning(probe));
  const spare = sights.flatMap((sight) => sight.spare).filter(({ name }) => isNew(name));
  const rivals = sights.flatMap((sight) => sight.rivals).filter(isNew);
  // What was placed in the pod before goes by itself.
  const isForeign = (name: string): boolean => !own.has(name) && !name.includes(`_${setting.nonce}_`);
  const strangers = sights
    .flatMap((sight) => sight.strangers)
    .filter((name) => isNew(name) && isForeign(name));
  // Once a name: should a cluster's list and its answers contradict each other, it would be told every ten seconds.
  const lost = sights.filter(({ isLost, probe }) => isLost && isNew(nameOf(probe))).map(({ probe }) => probe);
  return {
    names: [...spare.map(({ name }) => name), ...rivals, ...strangers, ...lost.map(nameOf)],
    notes: [
      ...(fresh.length === 0 ? [] : [news.adopted(fresh.map(({ probe }) => probe.name))]),
      ...(spare.length === 0 ? [] : [news.doubled([...new Set(spare.map(({ probe }) => probe))])]),
      ...(rivals.length === 0 ? [] : [news.rivals(rivals)]),
      ...(strangers.length === 0 ? [] : [news.strangers(strangers)]),
      ...(lost.length === 0
        ? []
        : [
            news.lost(
              lost.map(({ name }) => name),
              nowNs - (lookedAtNs ?? nowNs),
            ),
          ]),
    ],
  };
}
