import type { Fault } from '../../../shared/base/result';
import { readLine } from '../../../shared/kanidmd/log-line';
import { shortened } from '../../../shared/kanidmd/span-text';
import { each } from '../base/batches';
import type { Call } from '../base/call';
import { withinLimit } from '../base/signals';
import { type Clock, until } from '../base/time';
import { errorOf, unexpectedOf } from '../base/unexpected';
import type { Site } from '../deploy/deployment/deployment';
import { keyIn } from './asked-key';

/** What a log gains in the seconds of a few requests; a server that is flooded has more, and is not read to its end. Characters. */
const MOST_READ = 64_000_000;
/** How often a log is read again until it shows what it must, and how long. Milliseconds. */
const AGAIN_MS = 1_000;
const PATIENCE_MS = 8_000;
/** The same where nothing tells that all of it is there. */
const SHORT_MS = 3_000;
/** One reading. Milliseconds. */
const READING_MS = 15_000;
/** How journald says that its rate limit dropped lines of a unit (journald.conf(5), RateLimitBurst). */
const SUPPRESSED = /^Suppressed \d+ messages from /;

/** What a server's log shows of a set of requests. */
export interface FoundRequests {
  /** Their keys. */
  readonly found: ReadonlySet<string>;
  /** Why it was not read to its end; null: it was. */
  readonly fault: Fault | null;
  /** Lines may be missing, and why; null: none are. */
  readonly gap: string | null;
}

/**
 * Looks for requests in a server's log, by the keys they asked for, again and again for a few seconds, until it shows the last
 * one of them.
 * @param since milliseconds since the epoch, the server's clock.
 * @param last comes after all others; null: it is not known which does.
 */
export async function findRequests(
  site: Site,
  since: number,
  keys: ReadonlySet<string>,
  last: string | null,
  clock: Clock,
  call: Call,
): Promise<FoundRequests> {
  const limit = { signal: call.signal, timeoutMs: last === null ? SHORT_MS : PATIENCE_MS, everyMs: AGAIN_MS };
  const ended = await until<FoundRequests, FoundRequests>(clock, limit, async () => {
    const seen = await readOnce(site, since, keys, { signal: call.signal, timeoutMs: READING_MS });
    const done = seen.fault !== null || (last !== null && seen.found.has(last));
    return done ? { done, value: seen } : { done, last: seen };
  });
  return ended.done ? ended.value : ended.last;
}

async function readOnce(
  site: Site,
  since: number,
  keys: ReadonlySet<string>,
  call: Call,
): Promise<FoundRequests> {
  const { id } = site.server;
  const found = new Set<string>();
  let gap: string | null = null;
  let left = MOST_READ;
  const over = (fault: Fault | null): FoundRequests => ({ found, fault, gap });
  return withinLimit(call, async (signal) => {
    try {
      for await (const item of each(site.connection.logs({ since }, { follow: false, signal }))) {
        if (item.kind === 'fault') return over(item.fault);
        if (item.kind === 'gap') gap ??= item.reason;
        if (item.kind !== 'line') continue;
        if (item.source === 'manager') {
          if (SUPPRESSED.test(item.text)) gap ??= item.text;
          continue;
        }
        left -= item.text.length;
        if (left < 0) return over(tooLong(id));
        const head = readLine(shortened(item.text))?.head ?? null;
        const key = head?.name === 'request' ? keyIn(head.keys.get('uri') ?? '') : null;
        if (key !== null && keys.has(key)) found.add(key);
      }
    } catch (cause) {
      return over(unexpectedOf(id, 'reading its log', errorOf(cause)));
    }
    return over(signal.aborted ? tooSlow(id) : null);
  });
}

const tooLong = (server: string): Fault => ({
  code: 'log-too-long',
  message: 'It logged too much in these few seconds for its log to be read to the end.',
  fix: 'Ask again when it is quieter.',
  where: { server },
});

const tooSlow = (server: string): Fault => ({
  code: 'timed-out',
  message: `Its log was not read to its end within ${READING_MS / 1000} s.`,
  fix: 'Ask again when it is quieter.',
  where: { server },
});
