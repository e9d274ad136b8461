import type { FleetServer } from '../../../shared/fleet/model/fleet';
import { jumped, elapsed, type Moment } from '../../../shared/base/moment';
import type { ObservedServer } from '../../../shared/observed/observed';
import type { Call } from '../base/call';
import type { ServerConnection } from '../connect/connection';
import { aroundCalls } from '../connect/around-calls';
import type { Site } from '../deploy/deployment/deployment';
import { type Clock, momentOf } from '../base/time';
import { unexpectedOf } from '../base/unexpected';
import type { Connections } from './connections';
import { ASKS_ONLY, probeServer, unreachable } from './probe/probe-server';
import { SteadyStart } from './steady-start';

/**
 * A probe that began to read a server so long ago is read again by the next who asks, in milliseconds: what a plan is made from
 * is as the server was a moment ago. Whatever has an effect looks once more by itself.
 */
export const FRESH_MS = 2000;

/** One server as a probe saw it, and the way to it; null: it could not be reached. */
export interface SeenServer {
  readonly observed: ObservedServer;
  readonly site: Site | null;
}

interface Probe {
  readonly result: Promise<SeenServer>;
  readonly stop: AbortController;
  readonly limitMs: number;
  /** Of `ServerProbe`, when it began. */
  readonly generation: number;
  /** When it began to read; null: it is still connecting. */
  since: Moment | null;
  waiting: number;
}

/**
 * The one probe of a server. Who asks while it runs, or a moment after, gets the same one, unless something is known to
 * have changed since it began.
 */
export class ServerProbe {
  private running: Probe | null = null;
  private last: (SeenServer & Pick<Probe, 'since' | 'limitMs' | 'generation'>) | null = null;
  /** Goes up whenever a probe that has begun is not to be believed any more. */
  private generation = 0;
  private readonly start = new SteadyStart();
  private readonly noticing = new WeakMap<ServerConnection, ServerConnection>();

  /** @param told hears of every probe that came to its end, no matter who asked for it. */
  constructor(
    private readonly server: FleetServer,
    private readonly fleetPath: string | null,
    private readonly connections: Connections,
    private readonly clock: Clock,
    private readonly told: (seen: SeenServer, since: Moment) => void,
  ) {}

  /** Something changed, or a person wants it looked at: no probe that has begun is given to anybody who asks from now on. */
  changed(): void {
    this.generation += 1;
  }

  /** Nothing runs, and the last probe would not be given to anybody. */
  get idle(): boolean {
    return this.running === null && !this.isFresh(this.last, FRESH_MS);
  }

  /** Something has changed since the last probe. */
  get outdated(): boolean {
    return this.last !== null && this.last.generation !== this.generation;
  }

  /**
   * @param maxAgeMs how long ago the probe may have begun to read; 0: it begins to read after this call.
   * @returns an unreachable server when the call is cancelled.
   */
  async take(call: Call, maxAgeMs = FRESH_MS): Promise<SeenServer> {
    if (call.signal.aborted) return this.cancelled();
    const { last } = this;
    if (last !== null && this.isFresh(last, maxAgeMs) && !ranOut(last, call)) return last;
    const running = this.running;
    const joined = running !== null && this.mayJoin(running, maxAgeMs) ? running : this.begin(call);
    const seen = await this.wait(joined, call);
    // Who has more time than the one who began asks again.
    return ranOut({ ...seen, limitMs: joined.limitMs }, call) ? this.wait(this.begin(call), call) : seen;
  }

  private mayJoin(running: Probe, maxAgeMs: number): boolean {
    if (running.generation !== this.generation) return false;
    return running.since === null || this.isYoung(running.since, maxAgeMs);
  }

  private isFresh(probe: Pick<Probe, 'since' | 'generation'> | null, maxAgeMs: number): boolean {
    if (probe?.generation !== this.generation || probe.since === null) return false;
    return this.isYoung(probe.since, maxAgeMs);
  }

  private isYoung(since: Moment, maxAgeMs: number): boolean {
    const now = momentOf(this.clock);
    return maxAgeMs > 0 && elapsed(since, now) <= maxAgeMs && !jumped(since, now);
  }

  private begin({ timeoutMs }: Call): Probe {
    const stop = new AbortController();
    const { generation } = this;
    const probe: Probe = {
      ...{ stop, generation, limitMs: timeoutMs, since: null, waiting: 0 },
      result: Promise.resolve().then(async () => {
        const seen = await this.observe({ signal: stop.signal, timeoutMs }, () => {
          probe.since = momentOf(this.clock);
        });
        if (this.running === probe) this.running = null;
        // One that was begun before a change, and ends after one that was begun later, tells nothing new.
        if (stop.signal.aborted || (this.last?.generation ?? 0) > generation) return seen;
        const since = probe.since ?? momentOf(this.clock);
        this.last = { ...seen, since, generation, limitMs: timeoutMs };
        this.told(seen, since);
        return seen;
      }),
    };
    this.running = probe;
    return probe;
  }

  private async wait(probe: Probe, { signal }: Call): Promise<SeenServer> {
    probe.waiting += 1;
    let leave = (): void => undefined;
    const left = new Promise<SeenServer>((resolve) => {
      leave = () => resolve(this.cancelled());
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([probe.result, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      probe.waiting -= 1;
      if (probe.waiting === 0) {
        if (this.running === probe) this.running = null;
        probe.stop.abort();
      }
    }
  }

  /** Whatever goes wrong is this server's trouble alone. */
  private async observe(call: Call, reads: () => void): Promise<SeenServer> {
    const { server, fleetPath, connections, clock } = this;
    try {
      let opened = await connections.to(server, fleetPath, call);
      // Another's dial was waited for, and the other left.
      if (!opened.ok && opened.error.code === 'cancelled' && !call.signal.aborted)
        opened = await connections.to(server, fleetPath, call);
      if (!opened.ok) return { observed: unreachable(server, opened.error), site: null };
      const connection = this.withNotice(opened.value);
      reads();
      const observed = this.start.of(await probeServer(server, connection, clock, call));
      if (observed.state === 'unreachable')
        for (const fault of observed.faults) connections.refused(server, fleetPath, fault);
      return { observed, site: { server, connection, observed } };
    } catch (cause) {
      connections.note(`looking at ${server.id}`, cause);
      return { observed: unreachable(server, unexpectedOf(server.id, 'looking at it', cause)), site: null };
    }
  }

  /** The connection with which an effect is noticed before it begins and when it has ended. */
  private withNotice(real: ServerConnection): ServerConnection {
    const made = this.noticing.get(real) ?? noticing(real, () => this.changed());
    this.noticing.set(real, made);
    return made;
  }

  private cancelled(): SeenServer {
    const fault = {
      ...{ code: 'cancelled', message: 'Looking at it was cancelled.', fix: 'Try again.' },
      where: { server: this.server.id },
    };
    return { observed: unreachable(this.server, fault), site: null };
  }
}

/** It had less time than this call has, and that was not enough. */
const ranOut = ({ observed, limitMs }: SeenServer & Pick<Probe, 'limitMs'>, call: Call): boolean =>
  limitMs < call.timeoutMs && observed.faults.some(({ code }) => code === 'timed-out');

/** Calls after which a probe would show something else. */
const EFFECTS = new Set(['replaceFile', 'service.start', 'service.stop', 'service.restart']);

function noticing(real: ServerConnection, changed: () => void): ServerConnection {
  return aroundCalls(real, {
    call: async ({ method, words }, run) => {
      if (!EFFECTS.has(method) && (method !== 'kanidmd' || ASKS_ONLY.has(words.join(' ')))) return run();
      changed();
      try {
        return await run();
      } finally {
        changed();
      }
    },
  });
}
