import { RUV_STARTED_EVERY } from '../../../shared/ruv/by-itself';
import { GRAIN } from '../../../shared/ruv/judge-ruv';
import type { Recalled } from '../../../shared/ruv/ruv-memory';
import type { Clock } from '../base/time';
import type { Running } from '../base/look-schedule';
import type { RuvLooked } from './look-ruv';
import { unreadStarts } from './unread-starts';

type Servers = ReadonlyMap<string, Running>;
/** The two ends of a pull. */
export interface Ends {
  readonly consumer: string;
  readonly supplier: string;
}

/** When a server began the life it is in, by its clock and by ours. A step of its clock moves one of them. */
interface Life {
  readonly there: number;
  readonly ours: number;
}

/** The starts of servers that a watch has seen, and which of them it has read a RUV after. */
export class RuvStarts {
  /** In which life each was met. */
  private readonly met = new Map<string, Life>();
  /** In which life each was read last, and when, by our clock. */
  private readonly read = new Map<string, { readonly life: Life | null; readonly at: number }>();
  /** In which life each was when a look was over, whatever came of it. */
  private readonly looked = new Map<string, Life | null>();
  /** Who was to be read by the last look, and was not. */
  private readonly failed = new Set<string>();
  /** When each was last asked although it may be large, monotonic. */
  private readonly asked = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  see(servers: Servers): void {
    for (const id of servers.keys()) {
      const life = lifeOf(id, servers);
      if (life !== null && !this.met.has(id)) this.met.set(id, life);
    }
  }

  /** Who has started since it was read last; see `unreadStarts`. What this watch read goes by starts, and by no clock. */
  unread(
    servers: Servers,
    recalled: Recalled,
    refreshed: ReadonlyMap<string, string>,
  ): ReadonlyMap<string, number> {
    const others = [...recalled.readAt].filter(([id, at]) => at > (this.read.get(id)?.at ?? -Infinity));
    const known = { seenSince: recalled.seenSince, readAt: new Map(others) };
    const isAnother = (id: string): boolean =>
      !isSame(this.read.get(id)?.life ?? this.met.get(id) ?? null, lifeOf(id, servers));
    const unread = unreadStarts(servers, known, refreshed, this.clock.now(), isAnother);
    return new Map(
      [...unread].filter(([id]) => !isSame(this.read.get(id)?.life ?? null, lifeOf(id, servers))),
    );
  }

  /** Who of these may be read although it is large: one that the look ends is not ended by the next look. */
  mayBeAsked(ids: ReadonlySet<string>): ReadonlySet<string> {
    const now = this.clock.monotonic();
    return new Set([...ids].filter((id) => now - (this.asked.get(id) ?? -Infinity) >= RUV_STARTED_EVERY));
  }

  /** A look begins that may read these although they are large. */
  began(mayBeLarge: ReadonlySet<string>): void {
    for (const id of mayBeLarge) this.asked.set(id, this.clock.monotonic());
  }

  /**
   * A look is over.
   * @param servers as they were when it began.
   * @param brought null: it broke.
   * @param unproved whose reading proves nothing, see `readAlone`.
   */
  over(servers: Servers, brought: RuvLooked | null, unproved: ReadonlySet<string>): void {
    for (const id of servers.keys()) this.looked.set(id, lifeOf(id, servers));
    for (const { server, at, state } of brought?.report.servers ?? []) {
      const isRead = state === 'read' || brought?.known.has(server) === true;
      if (isRead && !unproved.has(server)) {
        this.read.set(server, { life: lifeOf(server, servers), at: Date.parse(at) });
        this.failed.delete(server);
      } else if (brought?.leftOut.has(server) !== true) this.failed.add(server);
    }
  }

  /** This watch has read it, in whatever life. */
  wasRead(id: string): boolean {
    return this.read.has(id);
  }

  /** A look at a server in the life it is in now is over, or the last one failed, which may be what began that life. */
  isLookedAt(id: string, servers: Servers): boolean {
    return this.failed.has(id) || isSame(this.looked.get(id) ?? null, lifeOf(id, servers));
  }
}

/**
 * Of servers that only a look after their start reads, those that were read and none of whose partners was: what they made since
 * they were read last only a partner knows.
 * @param large who that is.
 */
export function readAlone(
  { report }: Pick<RuvLooked, 'report'>,
  large: ReadonlySet<string>,
  pulls: readonly Ends[],
): ReadonlySet<string> {
  const read = new Set(report.servers.flatMap(({ server, state }) => (state === 'unknown' ? [] : [server])));
  const isAlone = (id: string): boolean => {
    const partners = pulls.flatMap(({ consumer, supplier }) =>
      consumer === id ? [supplier] : supplier === id ? [consumer] : [],
    );
    return partners.length > 0 && !partners.some((it) => read.has(it));
  };
  return new Set([...read].filter((id) => large.has(id) && isAlone(id)));
}

function lifeOf(id: string, servers: Servers): Life | null {
  const { startedAt = null, offsetMs = 0 } = servers.get(id) ?? {};
  return startedAt === null ? null : { there: startedAt, ours: startedAt - offsetMs };
}

/** By either clock: a step of the server's moves when it started, as seen by one of them. */
const isSame = (a: Life | null, b: Life | null): boolean =>
  a !== null && b !== null && (Math.abs(a.there - b.there) <= GRAIN || Math.abs(a.ours - b.ours) <= GRAIN);
