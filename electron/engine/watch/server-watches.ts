import type { FleetServer } from '../../../shared/fleet/model/fleet';
import type { Fault } from '../../../shared/base/result';
import type { Call } from '../base/call';
import { childOf } from '../base/signals';
import type { Connections } from '../fleet/connections';
import type { Prober } from '../fleet/observe-fleet';
import { nothingSeen, unreachable } from '../fleet/probe/probe-server';
import type { SeenServer } from '../fleet/server-probe';
import type { Clock } from '../base/time';
import { ServerWatch } from './server-watch';

/** A server that nobody watches any more is watched on for so long: whoever opens its fleet again finds it. Milliseconds. */
const LINGER_MS = 5000;

/** How long a server is waited for that did not answer before, in milliseconds. */
const PATIENCE_MS = 5000;

const silent = (id: string): Fault => ({
  code: 'timed-out',
  message: `${id} has not answered for ${PATIENCE_MS / 1000} s.`,
  fix: 'Check that it runs and that its address is right; it is tried on.',
  where: { server: id },
});

/** A watch that goes on until it is released. */
export interface HeldWatch {
  readonly watch: ServerWatch;
  release(): void;
}

interface Entry {
  readonly watch: ServerWatch;
  holders: number;
  /** Ends the time for which it is watched on; null: somebody holds it, or nobody ever did. */
  lingering: AbortController | null;
  running: { readonly stop: AbortController; readonly end: Promise<void> } | null;
}

/** The one watch of every server the engine knows, for everybody who asks of it. */
export class ServerWatches implements Prober {
  private readonly entries = new Map<string, Entry>();
  private closing = false;

  constructor(
    private readonly connections: Connections,
    private readonly clock: Clock,
  ) {}

  /** What is known of servers that are watched, without asking any. */
  readonly asSeen: Prober = {
    observe: (server, fleetPath) => {
      const { observed, site } = this.of(server, fleetPath);
      return Promise.resolve({ observed: observed ?? nothingSeen(server), site });
    },
  };

  /**
   * Looks at servers for a person who waits. One that is watched, and was never reached or was not when it was tried last,
   * is waited for a moment only: its watch goes on trying it, and it holds up nobody.
   */
  readonly patient: Prober = {
    observe: async (server, fleetPath, call, maxAgeMs) => {
      const { watch, running } = this.entry(server, fleetPath);
      const isAway = watch.observed === null || watch.observed.state === 'unreachable';
      if (running === null || !isAway) return watch.probe(call, maxAgeMs);
      const moment = childOf(call.signal);
      const over = this.clock.sleep(PATIENCE_MS, moment.signal).then(() => null);
      try {
        const seen = await Promise.race([watch.probe({ ...call, signal: moment.signal }, maxAgeMs), over]);
        if (seen !== null) return seen;
        return { observed: watch.observed ?? unreachable(server, silent(server.id)), site: null };
      } finally {
        moment.abort();
        moment.release();
      }
    },
  };

  /** See `ServerProbe.take`. */
  observe(server: FleetServer, fleetPath: string | null, call: Call, maxAgeMs?: number): Promise<SeenServer> {
    return this.of(server, fleetPath).probe(call, maxAgeMs);
  }

  /** The watch of a server as the fleet describes it; nothing of it runs by itself. */
  of(server: FleetServer, fleetPath: string | null): ServerWatch {
    return this.entry(server, fleetPath).watch;
  }

  /** Watches a server from now on. */
  hold(server: FleetServer, fleetPath: string | null): HeldWatch {
    const entry = this.entry(server, fleetPath);
    entry.holders += 1;
    entry.lingering?.abort();
    entry.lingering = null;
    if (entry.running === null && !this.closing) {
      const stop = new AbortController();
      entry.running = { stop, end: entry.watch.run(stop.signal) };
    }
    let released = false;
    return {
      watch: entry.watch,
      release: () => {
        if (released) return;
        released = true;
        entry.holders -= 1;
        if (entry.holders === 0) void this.linger(entry);
      },
    };
  }

  /** Somebody asks: all that is watched is looked at again, and what is known already is given to nobody. */
  lookAnew(): void {
    for (const { watch } of this.entries.values()) watch.look(true);
  }

  /** The computer woke up. */
  wake(): void {
    for (const { watch } of this.entries.values()) watch.look();
  }

  /** A deploy ended: whatever it changed is looked at. */
  lookIfChanged(): void {
    for (const { watch } of this.entries.values()) watch.lookIfChanged();
  }

  /** Ends every watch; resolves when none runs any more. */
  async close(): Promise<void> {
    this.closing = true;
    await Promise.all([...this.entries.values()].map((entry) => this.stop(entry)));
  }

  private entry(server: FleetServer, fleetPath: string | null): Entry {
    for (const [key, { watch, holders }] of this.entries)
      if (holders === 0 && watch.idle) this.entries.delete(key);
    const key = this.connections.keyOf(server, fleetPath);
    const { connections, clock } = this;
    const entry = this.entries.get(key) ?? {
      watch: new ServerWatch(server, { fleetPath, connections, clock }),
      ...{ holders: 0, lingering: null, running: null },
    };
    this.entries.set(key, entry);
    return entry;
  }

  /** Each lingers by a signal of its own: one that all listened to would be left only when their time is over. */
  private async linger(entry: Entry): Promise<void> {
    const own = new AbortController();
    entry.lingering = own;
    await this.clock.sleep(this.closing ? 0 : LINGER_MS, own.signal);
    if (!own.signal.aborted) await this.stop(entry);
  }

  private async stop(entry: Entry): Promise<void> {
    const { running } = entry;
    entry.lingering?.abort();
    entry.lingering = null;
    running?.stop.abort();
    await running?.end;
    if (entry.running !== running) return;
    entry.running = null;
    // Somebody may have come while it ended.
    if (entry.holders > 0 && !this.closing) {
      const stop = new AbortController();
      entry.running = { stop, end: entry.watch.run(stop.signal) };
    }
  }
}
