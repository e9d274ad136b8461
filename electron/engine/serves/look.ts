import { publicOriginOf } from '../../../shared/answers/public-origin';
import { fail, ok, type Result } from '../../../shared/base/result';
import {
  judgeServes,
  nothingLooked,
  type Answer,
  type ServesLook,
} from '../../../shared/serves/judge-serves';
import type { ServerServes } from '../../../shared/serves/serves';
import type { Call } from '../base/call';
import type { TcpAddress } from '../connect/connection';
import type { Site } from '../deploy/deployment/deployment';
import { secure, type Secured, shownCertificate } from './https';
import { logIn, type Session } from './login';
import { addressOf, noWay, onDiskOf } from './way';

/** One request, or one connection. Milliseconds. */
export const REQUEST_MS = 10_000;

/** A server that was looked at: what is said of it, and what the look at its pulls needs. */
export interface Looked {
  readonly serves: ServerServes;
  readonly session: Session | null;
  /** Open as long as it may be asked; the caller closes it. Null: its certificate is not to be trusted, or no way. */
  readonly secured: Secured | null;
}

/** What is needed to ask a server, from its configuration and its disk. */
interface Way {
  readonly address: TcpAddress;
  readonly name: string;
  /** SHA-256 of the first certificate of its chain, hex. */
  readonly onDisk: string;
}

/**
 * Looks at a server's HTTPS through the connection to it: certificate, `/status`, an anonymous login. Nothing but the
 * login's few lines in its log stays. Nothing is sent to who shows another certificate than the one on its disk.
 * @param now by its own clock, as far as it is known: a desk whose clock is wrong says nothing of a certificate.
 */
export async function lookAt(site: Site, at: string, now: number, call: Call): Promise<Looked> {
  const name = publicOriginOf(site.observed)?.host ?? null;
  const said = nothingLooked(site.server.id, at, name);
  const ended = (more: Partial<ServesLook>): Looked => ({
    ...{ serves: judgeServes({ ...said, ...more }), session: null, secured: null },
  });
  const way = await wayTo(site, name, call);
  if (!way.ok) return ended({ noWay: way.error });
  const stream = await site.connection.dial(way.value.address, call);
  if (!stream.ok) return ended({ noWay: stream.error });
  const secured = await secure(stream.value, way.value.name, site.server.id, now, call);
  if (!secured.ok) return ended({ noWay: secured.error });
  const shown = shownCertificate(secured.value, { server: site.server.id });
  if (!shown.ok) {
    secured.value.close();
    return ended({ noWay: shown.error });
  }
  const isOnDisk = secured.value.sha256 === way.value.onDisk;
  const seen = { certificate: { ...shown.value, isOnDisk }, refused: secured.value.refused };
  if (!isOnDisk || seen.refused !== null) {
    secured.value.close();
    return ended(seen);
  }
  const status = await statusOf(secured.value, call);
  const { outcome, session } = await logIn(secured.value, call);
  return {
    serves: judgeServes({ ...said, ...seen, status, login: outcome }),
    ...{ session, secured: secured.value },
  };
}

async function statusOf(secured: Secured, call: Call): Promise<Answer> {
  const answer = await secured.ask({ method: 'GET', path: '/status' }, call);
  if (!answer.ok) return { kind: 'none', fault: answer.error };
  const { code, text } = answer.value;
  return { kind: 'answer', code, asExpected: code === 200 && text.trim() === 'true' };
}

async function wayTo(site: Site, name: string | null, call: Call): Promise<Result<Way>> {
  const address = addressOf(site);
  if (!address.ok) return address;
  if (name === null)
    return fail(noWay(site.server.id, 'Its origin is not known.', 'Let Kanilink read its server.toml.'));
  const onDisk = await onDiskOf(site, call);
  return onDisk.ok ? ok({ address: address.value, name, onDisk: onDisk.value }) : onDisk;
}
