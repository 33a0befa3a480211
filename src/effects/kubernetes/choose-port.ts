import type { Pod, Service } from './objects.js';

/** The port inside a pod to which traffic goes, and why it is that one. */
export interface RemotePort {
  readonly number: number;
  /** 'service gc-service', 'container app', 'as asked'. */
  readonly why: string;
}

export interface PortWish {
  readonly port?: number | undefined;
  readonly container?: string | undefined;
}

/** The port asked for, else what a service sends to the pod, else the first that a container declares. */
export function choosePort(
  pod: Pod,
  services: readonly Service[],
  { port, container }: PortWish = {},
): RemotePort | undefined {
  if (port !== undefined) return { number: port, why: 'as asked' };
  const containers = pod.containers.filter(({ name }) => container === undefined || name === container);
  const declared = containers.flatMap(({ ports }) => ports);
  const targets = services
    .filter((service) => selects(service, pod))
    .flatMap(({ name, ports }) =>
      ports.map(({ target }) => ({ number: numberOf(target, declared), why: `service ${name}` })),
    )
    .filter((found): found is RemotePort => found.number !== undefined);
  // With a container asked for, a service that goes to another one is of no use.
  const fitting =
    container === undefined || declared.length === 0
      ? targets
      : targets.filter(({ number }) => declared.some((each) => each.number === number));
  const first = containers.find(({ ports }) => ports.length > 0);
  const [own] = first?.ports ?? [];
  if (fitting[0] !== undefined) return fitting[0];
  return own === undefined ? undefined : { number: own.number, why: `container ${first?.name}` };
}

/** Whether a service sends to a pod; one without a selector sends nowhere that could be known. */
function selects({ selector }: Service, { labels }: Pod): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
}

const numberOf = (
  target: number | string,
  declared: readonly { readonly name?: string; readonly number: number }[],
): number | undefined =>
  typeof target === 'number' ? target : declared.find(({ name }) => name === target)?.number;
