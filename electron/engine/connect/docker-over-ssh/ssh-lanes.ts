import { fail, ok, type Fault, type Result } from '../../../../shared/base/result';
import type { Lease } from '../common/pool';
import { pause, settle } from '../common/limits';
import type { Program } from '../ssh/session/program';
import type { SshSession } from '../ssh/session/session';

/** What opening programs needs of a connection. */
export type Lane = Pick<SshSession, 'start'>;

/** How often a connection in which nothing runs may refuse; each waits twice as long as the one before. */
const REFUSALS = 4;
const PAUSE_MS = 100;

interface Open {
  /** The lowest number free when it was opened: a connection that was given back is found again by it. */
  readonly number: number;
  readonly lease: Pick<Lease<SshSession>, 'release'>;
  readonly session: (signal: AbortSignal) => Promise<Result<Lane>>;
  /** Programs that run in it, or are being started. */
  taken: number;
  /** Those of them that run. */
  running: number;
}

export interface LaneOptions {
  /** One more connection to the host. */
  readonly open: (number: number) => Pick<Open, 'lease' | 'session'>;
  /** Programs in one connection. sshd allows ten sessions (MaxSessions), and others want some of them. */
  readonly each: number;
  /** Connections at most; beyond, others wait. */
  readonly most: number;
}

/**
 * Programs over as many SSH connections as they need: one connection takes a few, then the next one is opened. A host that
 * allows fewer sessions in a connection is found out by its refusal.
 */
export class SshLanes {
  private readonly lanes: Open[] = [];
  private readonly waiting: (() => void)[] = [];

  /** Programs in one connection, as far as the host has refused none. */
  private each: number;

  constructor(private readonly options: LaneOptions) {
    this.each = options.each;
  }

  /** Starts a program in a connection that has room. It counts there until it has ended. */
  async start(argv: readonly string[], signal: AbortSignal): Promise<Result<Program>> {
    for (let refused = 0; ;) {
      const lane = this.free();
      if (lane === null) {
        const turn = await this.turn(signal);
        if (!turn.ok) return turn;
        continue;
      }
      const started = await this.startIn(lane, argv, signal);
      if (started.ok) {
        lane.running++;
        void started.value.closed.then(() => {
          lane.running--;
          this.leave(lane);
        });
        return started;
      }
      const { running } = lane;
      this.leave(lane);
      if (!isRefused(started.error)) return started;
      if (running > 0) {
        this.each = Math.min(this.each, running);
        continue;
      }
      // Nothing of ours runs there: the host still counts programs that ended, or others of this computer's have the room.
      refused += 1;
      if (refused === REFUSALS) return started;
      await pause(PAUSE_MS * 2 ** refused, signal);
      if (signal.aborted) return started;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.lanes.splice(0).map(({ lease }) => lease.release()));
    for (const wake of this.waiting.splice(0)) wake();
  }

  private async startIn(lane: Open, argv: readonly string[], signal: AbortSignal): Promise<Result<Program>> {
    const session = await lane.session(signal);
    return session.ok ? session.value.start(argv, signal) : fail(session.error);
  }

  /** A connection with room, a place in it taken; null: all are full. */
  private free(): Open | null {
    let lane = this.lanes.find(({ taken }) => taken < this.each) ?? null;
    if (lane === null && this.lanes.length < this.options.most) {
      let number = 0;
      while (this.lanes.some((it) => it.number === number)) number++;
      lane = { ...this.options.open(number), number, taken: 0, running: 0 };
      this.lanes.push(lane);
    }
    if (lane !== null) lane.taken++;
    return lane;
  }

  /** A connection that nothing runs in is given back, so that many logs followed once do not hold many for good. */
  private leave(lane: Open): void {
    lane.taken--;
    const place = this.lanes.indexOf(lane);
    if (lane.taken === 0 && place >= 0) {
      this.lanes.splice(place, 1);
      void lane.lease.release();
    }
    this.waiting.shift()?.();
  }

  private turn(signal: AbortSignal): Promise<Result<void>> {
    return settle([signal], (done) => {
      const wake = () => done(ok(undefined));
      this.waiting.push(wake);
      return () => {
        const place = this.waiting.indexOf(wake);
        if (place >= 0) this.waiting.splice(place, 1);
      };
    });
  }
}

const isRefused = ({ code }: Fault): boolean => code === 'channel-refused';
