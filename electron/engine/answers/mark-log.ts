import type { Fault } from '../../../shared/base/result';
import type { PublicOrigin } from '../../../shared/answers/public-origin';
import type { Call } from '../base/call';
import { type Clock } from '../base/time';
import { serverNow, type Site } from '../deploy/deployment/deployment';
import { secure } from '../serves/https';
import { addressOf } from '../serves/way';
import { askFor } from './ask-origin';
import { newKey } from './asked-key';

/** A request that was sent to the server itself, through the connection to it. */
export type Mark =
  | { readonly kind: 'sent'; readonly key: string; readonly code: number }
  | { readonly kind: 'not-sent'; readonly why: Fault };

/**
 * Sends a server a request of the same kind by itself. A log that shows one from before all others and one from after them
 * shows such requests, and has been read from the first to the last: only then is what it does not show a proof.
 */
export async function markLog(site: Site, origin: PublicOrigin, clock: Clock, call: Call): Promise<Mark> {
  const { id } = site.server;
  const address = addressOf(site);
  if (!address.ok) return { kind: 'not-sent', why: address.error };
  const stream = await site.connection.dial(address.value, call);
  if (!stream.ok) return { kind: 'not-sent', why: stream.error };
  const secured = await secure(stream.value, origin.host, id, serverNow(site, clock), call);
  if (!secured.ok) return { kind: 'not-sent', why: secured.error };
  try {
    const key = newKey();
    const answer = await askFor(secured.value, origin, key, call);
    return answer.ok
      ? { kind: 'sent', key, code: answer.value.code }
      : { kind: 'not-sent', why: answer.error };
  } finally {
    secured.value.close();
  }
}
