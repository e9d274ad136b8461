import { elapsed, type Moment } from '../../shared/base/moment';
import { describeChange, type LayerServer } from '../../shared/fleet/difference/difference';
import type { FleetServer } from '../../shared/fleet/model/fleet';
import type { StatusServer } from '../../shared/observed/status';
import { ofOpenFleet } from '../document/fleet-reader';
import { isFresh, type Sight, type Tone } from './pull-view';
import { month } from '../base/words';
import type { Problem } from '../../shared/base/problem';

/** A server as the window may show it now. */
export interface ServerView {
  readonly tone: Tone;
  /** `running`, `stopped`, `unreachable`, `not known`. */
  readonly state: string;
  /** Why nothing is known of it, or not all; empty: it was read. */
  readonly notKnown: string;
  /** Of a server that cannot be reached: `next try in 24 s`; else empty. */
  readonly retry: string;
  /** `1.10.5 · idm.example.com`; empty while nothing is known. */
  readonly about: string;
  /** `certificate until Nov 2030`, or why there is none. */
  readonly certificate: string;
  /** What a deploy would change of it, in words; empty: nothing, or it is not known. */
  readonly changes: readonly string[];
  /** What the newest report says, while it is believed; null: nothing is known. */
  readonly read: StatusServer | null;
  /** What was seen last, however old. */
  readonly seen: StatusServer | null;
}

/** What may be said of a server now; colours only from a fresh report of a live stream. */
export function viewServer(
  layer: LayerServer | null,
  sight: Sight,
  now: Moment,
  problems: readonly Problem[],
): ServerView {
  const id = layer?.id;
  const reported = sight.report?.servers.find((server) => server.id === id) ?? null;
  const believed = sight.live && isFresh(sight, now) ? reported : null;
  // Of one that is away now, what it was before is more than nothing.
  const seen = reported?.fileRead === false ? (layer?.reading.last ?? reported) : reported;
  const about = [seen?.version, seen?.domain].filter(Boolean).join(' · ');
  const own = problems.filter((problem) => problem.server === id);
  const notKnown = layer?.reading.notKnown ?? '';
  return {
    tone: believed ? toneOf(believed, own) : 'quiet',
    state: believed?.state ?? 'not known',
    notKnown,
    retry: believed ? nextTryWords(believed, sight, now) : '',
    about: about || (believed?.state ?? ''),
    certificate: certificateWords(reported, seen),
    changes: layer?.difference.changes.map(describeChange) ?? [],
    read: believed,
    seen,
  };
}

/** What stands last on a server's node: that it is not there, in words, before its certificate. */
export const lastLineOf = ({ state, about, certificate, read }: ServerView): string =>
  read === null || state === 'running' || about === state ? certificate : state;

function nextTryWords({ nextTry }: StatusServer, { at }: Sight, now: Moment): string {
  if (!nextTry) return '';
  if (nextTry === 'asked') return 'tried again when you press Check';
  const left = nextTry.inMs - (at === null ? 0 : elapsed(at, now));
  return `next try in ${Math.max(0, Math.ceil(left / 1000))} s`;
}

function toneOf(seen: StatusServer, problems: readonly Problem[]): Tone {
  if (seen.state !== 'running' || problems.some((problem) => problem.severity === 'error')) return 'bad';
  return problems.some((problem) => problem.severity === 'warning') ? 'warn' : 'good';
}

function certificateWords(reported: StatusServer | null, seen: StatusServer | null): string {
  if (seen?.certificate) return `certificate until ${month(seen.certificate.notAfter)}`;
  if (!reported) return '';
  const why = whyNoCertificate(reported);
  if (why === null) return reported.fileRead ? 'certificate not known' : 'replication not known';
  return why === NOT_SET_UP ? why : 'no certificate shown';
}

const NOT_SET_UP = 'replication is not set up';

/** Why a server shows no certificate, as far as it was read; null: whether it has one is not known. */
export function whyNoCertificate(
  server: Pick<StatusServer, 'state' | 'fileRead' | 'replication'>,
): string | null {
  if (!server.fileRead) return null;
  if (!server.replication) return NOT_SET_UP;
  return server.state === 'running' ? 'it shows none' : null;
}

/** The kind of a server's connection, and the address it goes to; empty: a fleet file with faults says none. */
export const reached = ({
  connect,
  endpoint,
}: FleetServer): { readonly kind: string; readonly address: string } => ({
  kind: ofOpenFleet().kinds[connect].label,
  address: endpoint.replace(/^(ssh|unix|tcp|context):\/\//, ''),
});

/** How a server is reached, in words: `SSH at admin@192.0.2.7`. */
export function reachedBy(server: FleetServer): string {
  const { kind, address } = reached(server);
  return address === '' ? `${kind}, no endpoint yet` : `${kind} at ${address}`;
}

/** Why no certificate is shown of a server; `none`: it was read, and has none. */
export function whyNone({ notKnown, seen }: Pick<ServerView, 'notKnown' | 'seen'>): {
  readonly none: boolean;
  readonly words: string;
} {
  if (notKnown) return { none: false, words: `Not known. ${notKnown}` };
  const why = seen && whyNoCertificate(seen);
  return why === null
    ? { none: false, words: 'Not known: a server that is stopped shows none.' }
    : { none: true, words: `None: ${why}.` };
}
