import { readFileSync } from 'node:fs';

/** What a process belongs to, as far as its control group says it. */
export interface Belonging {
  readonly container?: Container;
  /** The uid of its Kubernetes pod, with dashes; a static pod's is the hash of its manifest, without. */
  readonly podUid?: string;
  /** The systemd unit, with its instance: `api@2.service`. What a login session started has none. */
  readonly unit?: string;
  /** Whose user manager runs the unit; absent for the system's own. */
  readonly unitOfUser?: number;
}

export interface Container {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** Absent where its group does not say it: the cgroupfs driver of Kubernetes names all runtimes alike. */
  readonly runtime?: ContainerRuntime;
}

export type ContainerRuntime = 'docker' | 'containerd' | 'cri-o' | 'podman';

/** What a process belongs to; empty where it has gone, or may not be asked. */
export function belongingOf(pid: number): Belonging {
  try {
    return parseCgroup(readFileSync(`/proc/${pid}/cgroup`, 'utf8'));
  } catch {
    return {}; // what follows it finds the process gone; to belong to nothing is no failure
  }
}

/**
 * Reads /proc/PID/cgroup: of version 2 one line, `0::/PATH`; of version 1 one for each hierarchy,
 * `ID:CONTROLLERS:/PATH`, of which systemd's own says the most.
 */
export function parseCgroup(text: string): Belonging {
  const groups = text.split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    return controllers === undefined || path === undefined ? [] : [{ controllers, path }];
  });
  const rank = ({ controllers }: { controllers: string }) => ranks.get(controllers) ?? 2;
  const found = groups.sort((a, b) => rank(a) - rank(b)).map(({ path }) => placeOf(path));
  const unit = found.find((place) => place.unit !== undefined);
  const container = found.find((place) => place.container !== undefined)?.container;
  const podUid = found.find((place) => place.podUid !== undefined)?.podUid;
  return {
    ...(container === undefined ? {} : { container }),
    ...(podUid === undefined ? {} : { podUid }),
    ...(unit?.unit === undefined ? {} : { unit: unit.unit }),
    ...(unit?.unitOfUser === undefined ? {} : { unitOfUser: unit.unitOfUser }),
  };
}

const ranks: ReadonlyMap<string, number> = new Map([
  ['', 0],
  ['name=systemd', 1],
]);

/** The innermost counts: a container may run within another one, a unit within a container. */
function placeOf(path: string): Belonging {
  let [container, podUid]: [Container | undefined, string | undefined] = [undefined, undefined];
  let [unit, user]: [string | undefined, number | undefined] = [undefined, undefined];
  let above = '';
  for (const folder of path.split('/')) {
    // Where runc is not told that systemd is in charge it takes SLICE:PREFIX:NAME for the name of a folder.
    const [slice, prefix, name] = folder.split(':');
    const segments = name === undefined ? [folder] : [slice ?? '', `${prefix}-${name}`];
    for (const segment of segments) {
      podUid = podUidOf(segment) ?? podUid;
      const within = containerOf(segment, above);
      if (within !== undefined) {
        container = within;
        // podman run by a service is split into the service's own groups; elsewhere a unit above is the runtime's.
        if (!segment.startsWith('libpod-payload-')) [unit, user] = [undefined, undefined];
      } else if (/\.(service|scope)$/.test(segment)) {
        const manager = /^user@(\d+)\.service$/.exec(segment)?.[1];
        if (manager !== undefined) user = Number(manager);
        unit = unitOf(segment, user);
      }
      above = segment;
    }
  }
  return {
    ...(container === undefined ? {} : { container }),
    ...(podUid === undefined ? {} : { podUid }),
    ...(unit === undefined ? {} : { unit, ...(user === undefined ? {} : { unitOfUser: user }) }),
  };
}

/** `kubepods-burstable-podUID.slice` with underscores, or `podUID` as it is. */
function podUidOf(segment: string): string | undefined {
  return podPattern.exec(segment)?.[1]?.replaceAll('_', '-');
}

const podPattern = /(?:^|-)pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?$/;

/** `docker-ID.scope` where systemd makes the groups; `docker/ID`, `libpod-ID` or a bare ID where the runtime does. */
function containerOf(segment: string, above: string): Container | undefined {
  const [, prefix, id] = containerPattern.exec(segment) ?? [];
  if (id === undefined) return undefined;
  const runtime = runtimes.get(prefix ?? above);
  return { id, ...(runtime === undefined ? {} : { runtime }) };
}

const containerPattern =
  /^(?:(docker|cri-containerd|nerdctl|crio|libpod|libpod-payload)-)?([0-9a-f]{64})(?:\.scope)?$/;

const runtimes: ReadonlyMap<string, ContainerRuntime> = new Map([
  ['docker', 'docker'],
  ['cri-containerd', 'containerd'],
  ['nerdctl', 'containerd'],
  ['crio', 'cri-o'],
  ['libpod', 'podman'],
  ['libpod-payload', 'podman'],
]);

/**
 * A unit that can come back under its name. A session's scope goes with the session, an application's scope with the
 * application, a container monitor's with the container, and what a user manager runs of its own is no unit of it.
 */
function unitOf(segment: string, user: number | undefined): string | undefined {
  const isScope = segment.endsWith('.scope');
  if (isScope && (user !== undefined || passingScopes.test(segment))) return undefined;
  if (/^user@\d+\.service$/.test(segment)) return undefined;
  // systemd puts an underscore before names that the kernel could take for its own (cg_escape, basic/cgroup-util.c).
  return segment.replace(/^_/, '');
}

const passingScopes = /^(?:session-|init\.scope$|(?:crio|libpod)-conmon-)/;
