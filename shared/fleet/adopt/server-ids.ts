import { parseOrigin } from '../../base/origin';
import { nameApart } from '../../connect/kinds';
import { ownOrigin } from '../../observed/observed-config';
import type { SeenServer } from './adopted-fleet';
import { withoutTrailing } from '../../base/without-trailing';

/**
 * Ids for the fleet file, each made from the host's name: the first label of what partners dial (`idm-a` of
 * `idm-a.example.com`), else the container's name, else the host of the endpoint. Where two would be equal more labels
 * are taken, and a number where that does not tell them apart.
 * @returns one `[a-z0-9][a-z0-9-]*` per server, in their order, each once.
 */
export function serverIds(seen: readonly SeenServer[]): readonly string[] {
  const labels = seen.map(labelsOf);
  const taken = new Set<string>();
  const shared = labels.map((own) => own.map((_, count) => joined(own, count + 1)));
  const uses = new Map<string, number>();
  for (const names of shared) for (const name of new Set(names)) uses.set(name, (uses.get(name) ?? 0) + 1);
  return shared.map((names) => {
    const id = free(names.find((name) => uses.get(name) === 1) ?? names.at(-1) ?? 'server', taken);
    taken.add(id);
    return id;
  });
}

/** An id to ask and to complain by while a server is not known yet: from the endpoint alone. */
export function provisionalIds(seen: readonly Pick<SeenServer, 'reach'>[]): readonly string[] {
  const taken = new Set<string>();
  return seen.map(({ reach }) => {
    const id = free(joined(endpointLabels(reach), 1), taken);
    taken.add(id);
    return id;
  });
}

function labelsOf(seen: SeenServer): readonly string[] {
  const origin = ownOrigin(seen.observed);
  const parts = origin === null ? null : parseOrigin(origin);
  if (parts !== null && !parts.isAddress && parts.host !== 'localhost') return labelled(parts.host);
  return endpointLabels(seen.reach);
}

function endpointLabels(reach: SeenServer['reach']): readonly string[] {
  const name = nameApart(reach);
  if (name !== null) return [name];
  const host = reach.endpoint.replace(/^[a-z]+:\/\//, '').replace(/^[^@]*@/, '');
  const address = /^(\[[^\]]*\]|\d{1,3}(?:\.\d{1,3}){3})/.exec(host)?.[1];
  return address === undefined ? labelled(host.split(/[:/]/)[0] ?? '') : [address];
}

const labelled = (host: string): readonly string[] => host.split('.').filter((label) => label !== '');

/** Of some of the labels, an id. */
function joined(labels: readonly string[], count: number): string {
  const words = labels
    .slice(0, count)
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '');
  const plain = withoutTrailing(words, '-');
  return plain === '' ? 'server' : plain;
}

function free(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(id)) return id;
  }
}
