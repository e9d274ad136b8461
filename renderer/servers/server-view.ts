import type { FleetServer } from '../../shared/fleet/fleet';
import type { StatusServer } from '../../shared/observed';
import { BELIEVED_FOR, type Sight, type Tone } from '../health/pull-view';
import { month } from '../state/words';
import type { Problem } from '../../shared/problem';

/** A server as the window may show it now. */
export interface ServerView {
  readonly tone: Tone;
  /** `running`, `stopped`, `unreachable`, `not known`. */
  readonly state: string;
  /** `1.10.5 · idm.example.com`; empty while nothing is known. */
  readonly about: string;
  /** `certificate until Nov 2030`, or why there is none. */
  readonly certificate: string;
  /** What was seen last, however old. */
  readonly seen: StatusServer | null;
}

/** What may be said of a server now; colours only from a fresh report of a live stream. */
export function viewServer(id: string, sight: Sight, now: number, problems: readonly Problem[]): ServerView {
  const seen = sight.report?.servers.find((server) => server.id === id) ?? null;
  const believed = sight.live && now - sight.at <= BELIEVED_FOR;
  const about = [seen?.version, seen?.domain].filter(Boolean).join(' · ');
  return {
    tone:
      believed && seen
        ? toneOf(
            seen,
            problems.filter((problem) => problem.server === id),
          )
        : 'quiet',
    state: believed && seen ? seen.state : 'not known',
    about: about || (believed && seen ? seen.state : ''),
    certificate: certificateWords(seen),
    seen,
  };
}

function toneOf(seen: StatusServer, problems: readonly Problem[]): Tone {
  if (seen.state !== 'running' || problems.some((problem) => problem.severity === 'error')) return 'bad';
  return problems.some((problem) => problem.severity === 'warning') ? 'warn' : 'good';
}

function certificateWords(seen: StatusServer | null): string {
  if (!seen) return '';
  if (seen.certificate) return `certificate until ${month(seen.certificate.notAfter)}`;
  return seen.replication ? 'no certificate shown' : 'replication is not set up';
}

/** How a server is reached: `SSH · admin@192.0.2.7`. */
export function reachedBy(server: FleetServer): string {
  const endpoint = server.endpoint.replace(/^(ssh|unix|tcp|context):\/\//, '');
  return `${server.connect === 'ssh' ? 'SSH' : 'Docker'} · ${endpoint}`;
}
