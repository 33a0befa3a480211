import { readFileSync } from 'node:fs';

/** Names users by their ids; one that /etc/passwd does not know keeps its number. */
export function userNames(): (uid: number) => string {
  const names = new Map<number, string>();
  for (const line of passwd().split('\n')) {
    const [name, , uid] = line.split(':');
    if (name && uid) names.set(Number(uid), name);
  }
  return (uid) => names.get(uid) ?? String(uid);
}

function passwd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return ''; // a container without one: numbers are as true
  }
}
