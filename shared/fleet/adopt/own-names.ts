import { unpadded } from '../../base/base64';
import { certifies } from '../../certificates/certificate-names';
import type { Origin } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { ownOrigin } from '../../observed/observed-config';
import { parseOrigin } from '../../base/origin';
import { partnersOf } from '../../server-config/server-config';

/**
 * What partners dial each server by. It is the server's own origin, unless several have one: a name that leads to
 * whichever answers (a virtual address, a load balancer) is nobody's own. Then it is what partners that pin its
 * certificate dial, else the one name in its certificate, with its origin's port.
 * @returns in the order given; null: no replication, or no usable origin.
 */
export function dialledOrigins(seen: readonly ObservedServer[]): readonly (Origin | null)[] {
  const own = seen.map(ownOrigin);
  return seen.map((server, index) => {
    const origin = own[index] ?? null;
    const shared = origin !== null && own.filter((it) => it === origin).length > 1;
    return shared ? (nameOfItsOwn(server, seen, origin) ?? origin) : origin;
  });
}

function nameOfItsOwn(
  { certificate }: ObservedServer,
  seen: readonly ObservedServer[],
  origin: Origin,
): Origin | null {
  if (certificate === null) return null;
  const dialled = seen
    .flatMap(({ config }) => partnersOf(config))
    .filter(
      (it) => unpadded(it.certificate) === unpadded(certificate.text) && certifies(certificate, it.origin),
    )
    .map((it) => it.origin);
  const [name, ...more] = new Set(dialled.filter((it) => it !== origin));
  if (name !== undefined) return more.length === 0 ? name : null;
  const [host, ...others] = certificate.names.filter((it) => !it.startsWith('*.'));
  const port = parseOrigin(origin)?.port;
  if (host === undefined || others.length > 0) return null;
  return parseOrigin(`repl://${host}:${port}`)?.origin ?? null;
}
