import { fail, type Result } from '../../../../shared/base/result';
import { monotonicNow } from '../../base/time';
import type { Prompter } from '../connection';
import type { Call } from '../../base/call';
import type { ServerPlace } from './faults';
import { cancelled, Stopped, timedOut } from './limits';

/** A connection the pool can hold: it says when it is gone, and can be closed. */
export interface Pooled {
  readonly ended: AbortSignal;
  close(): Promise<void>;
}

/** Brackets a question to a person, during which no limit runs. */
export type Asking = <T>(question: () => Promise<T>) => Promise<T>;

/** Opens a connection; what it asks of a person it asks by `asking`. */
export type Open<C> = (signal: AbortSignal, asking: Asking) => Promise<Result<C>>;

/** A person whose answers no limit of an opening counts. */
export function patient(prompter: Prompter, asking: Asking): Prompter {
  const { acceptBareEngine } = prompter;
  return {
    acceptHostKey: (question, stop) => asking(() => prompter.acceptHostKey(question, stop)),
    secret: (question, stop) => asking(() => prompter.secret(question, stop)),
    ...(acceptBareEngine === undefined
      ? {}
      : { acceptBareEngine: (question, stop) => asking(() => acceptBareEngine(question, stop)) }),
  };
}

/** One holder's share of a pooled connection. */
export interface Lease<C> {
  /**
   * The live connection; opened, or reopened after a loss, when there is none. Calls at once share one opening.
   * @param where where this holder's faults are: `timed-out` and `cancelled`, or the reason of a {@link Stopped} signal.
   */
  use(call: Call, where: ServerPlace): Promise<Result<C>>;
  /** Gives the share back. The connection closes when nobody has taken it up again for a while. */
  release(): Promise<void>;
}

/**
 * One connection per key (server and where it is dialled), shared by everyone who holds a lease. A lost connection is
 * not repaired behind anyone's back: the calls under way fail, and the next `use` opens a new one.
 */
export class ConnectionPool<C extends Pooled> {
  private readonly entries = new Map<string, Entry<C>>();

  /** @param idleMs how long a connection without holders stays open for the next one. */
  constructor(private readonly idleMs = 30_000) {}

  /** @param open used by whichever holder needs the connection first; later holders of the key share what it opened. */
  lease(key: string, open: Open<C>): Lease<C> {
    const entry = this.entries.get(key) ?? new Entry<C>(open);
    this.entries.set(key, entry);
    entry.hold();
    let released = false;
    return {
      // Closed while somebody was in the middle of a look: what it asks next is as good as cancelled.
      use: (call, where) => (released ? Promise.resolve(stopped(call, where)) : entry.use(call, where)),
      release: async () => {
        if (released) return;
        released = true;
        await entry.letGo(this.idleMs, () => this.entries.delete(key));
      },
    };
  }

  /** Closes every connection, held or not. */
  async close(): Promise<void> {
    const entries = [...this.entries.values()];
    this.entries.clear();
    await Promise.all(entries.map((entry) => entry.close()));
  }
}

interface Opening<C> {
  readonly result: Promise<Result<C>>;
  readonly abort: AbortController;
  waiters: number;
  asking: number;
  /** When a person last answered; limits count from there. */
  answeredAt: number;
}

class Entry<C extends Pooled> {
  private holders = 0;
  private live: C | null = null;
  private opening: Opening<C> | null = null;
  private idle: NodeJS.Timeout | null = null;

  constructor(private readonly open: Open<C>) {}

  hold(): void {
    this.holders++;
    if (this.idle !== null) clearTimeout(this.idle);
    this.idle = null;
  }

  async letGo(idleMs: number, forget: () => void): Promise<void> {
    this.holders--;
    if (this.holders > 0) return;
    const end = () => {
      forget();
      return this.close();
    };
    if (idleMs === 0) return end();
    this.idle = setTimeout(() => void end(), idleMs);
    this.idle.unref();
  }

  async close(): Promise<void> {
    if (this.idle !== null) clearTimeout(this.idle);
    this.opening?.abort.abort();
    const { live } = this;
    this.live = null;
    await live?.close();
  }

  async use(call: Call, where: ServerPlace): Promise<Result<C>> {
    if (this.live !== null && !this.live.ended.aborted) return { ok: true, value: this.live };
    if (call.signal.aborted) return stopped(call, where);
    const opening = (this.opening ??= this.begin());
    opening.waiters++;
    try {
      return await waitFor(opening, call, where);
    } finally {
      opening.waiters--;
      if (opening.waiters === 0 && this.opening === opening) {
        this.opening = null;
        opening.abort.abort();
      }
    }
  }

  private begin(): Opening<C> {
    const abort = new AbortController();
    const asking: Asking = async (question) => {
      opening.asking++;
      try {
        return await question();
      } finally {
        opening.asking--;
        opening.answeredAt = monotonicNow();
      }
    };
    const opening: Opening<C> = {
      abort,
      waiters: 0,
      asking: 0,
      answeredAt: monotonicNow(),
      result: Promise.resolve()
        .then(() => this.open(abort.signal, asking))
        .then((result) => {
          if (this.opening === opening) this.opening = null;
          if (!result.ok) return result;
          if (abort.signal.aborted) {
            void result.value.close();
            return fail(openingAborted);
          }
          this.live = result.value;
          return result;
        }),
    };
    return opening;
  }
}

/** Nobody reads it: the one who waited has left. */
const openingAborted = { code: 'cancelled', message: 'Cancelled.', fix: 'Try again.', where: {} } as const;

/** Why the wait of a cancelled call ended. */
function stopped(call: Call, where: ServerPlace): Result<never> {
  const reason: unknown = call.signal.reason;
  return fail(reason instanceof Stopped ? reason.fault : cancelled(where, CONNECTING));
}

const CONNECTING = 'connecting';

/** Waits for an opening under one caller's limit, which stands still while a person is asked. */
function waitFor<C>(opening: Opening<C>, call: Call, where: ServerPlace): Promise<Result<C>> {
  const began = monotonicNow();
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout;
    const done = (result: Result<C>) => {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', cancel);
      resolve(result);
    };
    const cancel = () => done(stopped(call, where));
    const check = () => {
      const waited = monotonicNow() - Math.max(began, opening.answeredAt);
      if (opening.asking > 0) timer = setTimeout(check, call.timeoutMs);
      // A timer may fire a millisecond early.
      else if (waited + 1 >= call.timeoutMs) done(fail(timedOut(where, CONNECTING, call.timeoutMs)));
      else timer = setTimeout(check, call.timeoutMs - waited);
    };
    timer = setTimeout(check, call.timeoutMs);
    call.signal.addEventListener('abort', cancel, { once: true });
    opening.result.then(done, reject);
  });
}
