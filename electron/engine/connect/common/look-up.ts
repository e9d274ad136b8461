import { lookup as askSystem, type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Answers that take longer are those of names nobody answers for. Milliseconds. */
const QUICK_MS = 2_000;
/** The system asks with a thread each, at most half of the pool (`thread-pool.ts`: 64), so that files have theirs. */
const MOST = 28;
/** Of them, for names that were slow or unknown the last time: the others are never kept waiting by these. */
const MOST_SLOW = 8;
/** At once, of names whose answer may still be quick. */
const MOST_FRESH = 20;
/** Names waited for; more than anybody's fleets have. */
const LONGEST_QUEUE = 1_000;
const LIMIT_MS = 20_000;

type Ask = (name: string) => Promise<readonly LookupAddress[]>;

interface Waiting {
  readonly name: string;
  readonly start: () => void;
}

/**
 * Looks names up for all connections together: one question at a time per name, and a bounded number in all. A name that
 * does not resolve takes the system ten seconds and more; names that did so before share a few places, so that they never
 * make a server unreachable whose name is answered at once.
 */
export class LookUps {
  private readonly asked = new Map<string, Promise<readonly LookupAddress[]>>();
  private readonly slowNames = new Set<string>();
  private queue: Waiting[] = [];
  private running = 0;
  private slow = 0;
  private fresh = 0;

  constructor(private readonly ask: Ask = systemsAnswer) {}

  /** The addresses of a name, in the system's order; rejects with the system's error, or EAI_AGAIN after 20 seconds. */
  async addresses(name: string): Promise<readonly LookupAddress[]> {
    let answer = this.asked.get(name);
    if (answer === undefined) {
      if (this.queue.length >= LONGEST_QUEUE) throw tryAgain(name, 'too many names are looked up at once');
      answer = this.inTurn(name).finally(() => this.asked.delete(name));
      // Each who waits has a limit of their own below.
      answer.catch(() => undefined);
      this.asked.set(name, answer);
    }
    let late: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      late = setTimeout(() => reject(tryAgain(name, `no answer within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
    });
    return Promise.race([answer, limit]).finally(() => clearTimeout(late));
  }

  /** For `net.connect` and `tls.connect`. */
  readonly lookup: LookupFunction = (name, options: LookupOptions, done) => {
    const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
    this.addresses(name).then(
      (all) => {
        const fit = all.filter((it) => family === 0 || it.family === family);
        const [first] = fit;
        if (first === undefined) done(notFound(name), '', 0);
        else if (options.all === true) done(null, [...fit]);
        else done(null, first.address, first.family);
      },
      (error: unknown) => done(error instanceof Error ? error : notFound(name), '', 0),
    );
  };

  private async inTurn(name: string): Promise<readonly LookupAddress[]> {
    await new Promise<void>((start) => {
      this.queue.push({ name, start });
      this.next();
    });
    const wasSlow = this.slowNames.has(name);
    let young = !wasSlow;
    const grown = () => {
      if (!young) return;
      young = false;
      this.fresh--;
      this.next();
    };
    const aging = setTimeout(grown, QUICK_MS);
    const began = performance.now();
    try {
      const found = await this.ask(name);
      if (performance.now() - began < QUICK_MS) this.slowNames.delete(name);
      return found;
    } catch (error) {
      this.remember(name);
      throw error;
    } finally {
      clearTimeout(aging);
      this.running--;
      if (wasSlow) this.slow--;
      grown();
      this.next();
    }
  }

  private remember(name: string): void {
    if (this.slowNames.size >= LONGEST_QUEUE) this.slowNames.clear();
    this.slowNames.add(name);
  }

  /** Starts what there is a place for, in order. */
  private next(): void {
    this.queue = this.queue.filter(({ name, start }) => {
      const slow = this.slowNames.has(name);
      if (this.running >= MOST || (slow ? this.slow >= MOST_SLOW : this.fresh >= MOST_FRESH)) return true;
      this.running++;
      if (slow) this.slow++;
      else this.fresh++;
      start();
      return false;
    });
  }
}

const systemsAnswer: Ask = (name) =>
  new Promise((resolve, reject) => {
    askSystem(name, { all: true, verbatim: true }, (error, found) =>
      error ? reject(error) : resolve(found),
    );
  });

const tryAgain = (name: string, why: string): Error =>
  Object.assign(new Error(`${name} was not looked up: ${why}`), { code: 'EAI_AGAIN' });
const notFound = (name: string): Error =>
  Object.assign(new Error(`${name} has no address of this kind`), { code: 'ENOTFOUND' });

/** For the whole process. */
export const { lookup } = new LookUps();
