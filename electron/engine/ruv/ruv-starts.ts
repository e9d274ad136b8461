import { RUV_STARTED_EVERY } from '../../../shared/ruv/by-itself';
import type { Recalled } from '../../../shared/ruv/ruv-memory';
import type { Clock } from '../base/time';
import type { Running } from '../base/look-schedule';
import type { RuvLooked } from './look-ruv';
import { unreadStarts } from './unread-starts';

type Servers = ReadonlyMap<string, Running>;

/** The starts of servers that a watch has seen, and which of them it has read a RUV after. */
export class RuvStarts {
  /** With which start each was met, by its own clock. */
  private readonly met = new Map<string, number>();
  /** In which life each was read last, and when, by our clock. */
  private readonly read = new Map<string, { readonly startedAt: number | null; readonly at: number }>();
  /** In which life each was when a look was over, whatever came of it. */
  private readonly looked = new Map<string, number | null>();
  /** When each was last asked although it may be large, monotonic. */
  private readonly asked = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  see(servers: Servers): void {
    for (const [id, { startedAt }] of servers)
      if (startedAt !== null && !this.met.has(id)) this.met.set(id, startedAt);
  }

  /** Who has started since it was read last; see `unreadStarts`. What this watch read goes by starts, and by no clock. */
  unread(
    servers: Servers,
    recalled: Recalled,
    refreshed: ReadonlyMap<string, string>,
  ): ReadonlyMap<string, number> {
    const others = [...recalled.readAt].filter(([id, at]) => at > (this.read.get(id)?.at ?? -Infinity));
    const before = new Map(this.met);
    for (const [id, { startedAt }] of this.read) if (startedAt !== null) before.set(id, startedAt);
    const known = { seenSince: recalled.seenSince, readAt: new Map(others) };
    const unread = unreadStarts(servers, known, refreshed, this.clock.now(), before);
    return new Map([...unread].filter(([id]) => this.read.get(id)?.startedAt !== servers.get(id)?.startedAt));
  }

  /** Of those, who may be read although it is large: one that the look kills is not killed by the next look. */
  mayBeAsked(unread: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
    const now = this.clock.monotonic();
    return new Map(
      [...unread].filter(([id]) => now - (this.asked.get(id) ?? -Infinity) >= RUV_STARTED_EVERY),
    );
  }

  /** A look begins that may read these although they are large. */
  began(unread: ReadonlyMap<string, number>): void {
    for (const id of unread.keys()) this.asked.set(id, this.clock.monotonic());
  }

  /** A look is over. @param servers as they were when it began. @param brought null: it broke. */
  over(servers: Servers, brought: RuvLooked | null): void {
    for (const [id, { startedAt }] of servers) this.looked.set(id, startedAt);
    for (const { server, state, at } of brought?.report.servers ?? []) {
      if (state !== 'read' && brought?.known.has(server) !== true) continue;
      this.read.set(server, { startedAt: servers.get(server)?.startedAt ?? null, at: Date.parse(at) });
    }
  }

  /** This watch has read it, in whatever life. */
  wasRead(id: string): boolean {
    return this.read.has(id);
  }

  /** A look at a server in the life it is in now is over. */
  isLookedAt(id: string, servers: Servers): boolean {
    const startedAt = servers.get(id)?.startedAt ?? null;
    return startedAt !== null && this.looked.get(id) === startedAt;
  }
}
