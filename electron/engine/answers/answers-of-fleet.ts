import {
  type AnsweringServer,
  type AnswersAsked,
  type AnswersReport,
  EXPECTED,
} from '../../../shared/answers/answers';
import { whyUnreached } from '../base/why-unreached';
import { originToAsk, type PublicOrigin } from '../../../shared/answers/public-origin';
import { fail, type Fault, ok, type Result } from '../../../shared/base/result';
import { messageAndFix } from '../../../shared/base/sentences';
import type { Call } from '../base/call';
import { cancelledAt } from '../base/limited';
import type { Clock } from '../base/time';
import { unexpectedOf } from '../base/unexpected';
import { serverNow, type Site } from '../deploy/deployment/deployment';
import type { ObservedFleet } from '../fleet/observe-fleet';
import { onDiskOf } from '../serves/way';
import { askOrigin, type AskedOrigin } from './ask-origin';
import { newKey } from './asked-key';
import { answeredBy, certificatesOf } from './attribute';
import { findRequests, type FoundRequests } from './find-requests';
import { markLog, type Mark } from './mark-log';
import { addressesOf, shownAddress } from './reach-origin';

/** One request, one connection. Milliseconds. */
const REQUEST_MS = 5_000;
/** Between two requests: nobody takes a dozen of them for an attack. Milliseconds. */
const PACE_MS = 100;
/** All requests together: one that is silent costs its whole limit, and not all of them may. Milliseconds. */
const totalMs = (requests: number): number => 30_000 + requests * 500;
/** A server's clock is known no more exactly than this, and its log is read from so much before the first request. Milliseconds. */
const GRAIN_MS = 5_000;
/** The same where nobody could read its clock. */
const UNKNOWN_CLOCK_MS = 60_000;
/** A line is written a moment after the answer it belongs to. Milliseconds. */
const WRITTEN_MS = 250;

/**
 * Asks a fleet's public origin, each time over a new connection from this computer, and looks for each request in every
 * server's log. Leaves two lines in a log for each request, and for two more that each server gets by itself: one before all
 * others, one after them.
 * @returns faults of `originToAsk` and `addressesOf`, or `cancelled`.
 */
export async function answersOfFleet(
  fleet: ObservedFleet,
  asked: AnswersAsked,
  clock: Clock,
  call: Call,
): Promise<Result<AnswersReport>> {
  const origin = originToAsk(asked.origin, fleet.observed);
  if (!origin.ok) return origin;
  const limit = { signal: call.signal, timeoutMs: REQUEST_MS };
  const addresses = await addressesOf(origin.value, limit);
  if (!addresses.ok) return addresses;
  const at = new Date(clock.now()).toISOString();
  const sites = [...fleet.sites.values()];
  const since = new Map(sites.map((site) => [site, beginOf(site, clock)]));
  const firsts = await marksOf(sites, origin.value, clock, limit);
  const answers = await askAll(origin.value, addresses.value, asked.requests, clock, call);
  await clock.sleep(WRITTEN_MS, call.signal);
  const keys = new Set(answers.map(({ key }) => key));
  const looks = await Promise.all(
    // What breaks at one server is that server's.
    [...firsts].map(([site, first]) =>
      lookAt({ site, origin: origin.value, since: since.get(site) ?? 0, first, keys }, clock, limit).catch(
        (cause: unknown): Look => ({
          ...nothingFound(unexpectedOf(site.server.id, 'reading its log', cause)),
          site,
        }),
      ),
    ),
  );
  if (call.signal.aborted) return fail(cancelledAt({}));
  const by = answeredBy(answers, looks);
  // What was not sent for want of time asked nobody.
  const reached = [...new Set(answers.flatMap(({ address, answer }) => (isSent(answer) ? address : [])))];
  return ok({
    origin: origin.value.text,
    at,
    addresses: reached,
    unasked: addresses.value.length - reached.length,
    requests: answers.map(({ address, certificate, answer }, index) => ({
      address: shownAddress(address, origin.value.port),
      code: answer.ok ? answer.value.code : null,
      opId: answer.ok ? answer.value.opId : null,
      redirect: answer.ok ? answer.value.redirect : null,
      certificate: certificate?.fingerprint ?? null,
      by: by[index] ?? { kind: 'no-id' },
    })),
    servers: fleet.observed.map(({ id, faults }): AnsweringServer => {
      const look = looks.find(({ site }) => site.server.id === id);
      const answered = by.filter((it) => it.kind === 'server' && it.server === id).length;
      if (look !== undefined) return { server: id, answered, code: codeOf(look), ...proofOf(look) };
      const why = messageAndFix(whyUnreached(id, faults));
      return { server: id, answered, log: 'unread', code: null, why };
    }),
    certificates: certificatesOf(
      answers.map(({ certificate }) => certificate),
      looks,
    ),
  });
}

/** A request, and where it was sent. */
type Sent = AskedOrigin & { readonly address: string; readonly key: string };

/** One after the other, each address in turn, until all are sent or the time is over. */
async function askAll(
  origin: PublicOrigin,
  addresses: readonly string[],
  requests: number,
  clock: Clock,
  call: Call,
): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const end = clock.monotonic() + Math.min(call.timeoutMs, totalMs(requests));
  for (let n = 0; n < requests && !call.signal.aborted; n += 1) {
    const address = addresses[n % addresses.length] ?? '';
    const key = newKey();
    const left = end - clock.monotonic();
    if (left <= 0) sent.push({ address, key, certificate: null, answer: fail(notSent) });
    else {
      const limit = { signal: call.signal, timeoutMs: Math.min(REQUEST_MS, left) };
      sent.push({ address, key, ...(await askOrigin(origin, address, key, clock.now(), limit)) });
      await clock.sleep(PACE_MS, call.signal);
    }
  }
  return sent;
}

/** What one server's log and disk say. */
interface Look extends FoundRequests {
  readonly site: Site;
  /** Before the first request, and after the last. */
  readonly marks: readonly [Mark, Mark];
  /** The first certificate of its `tls_chain`, SHA-256, hex; null: not known. */
  readonly onDisk: string | null;
}

/** The time by a server's own clock that its log is read from. */
const beginOf = (site: Site, clock: Clock): number =>
  serverNow(site, clock) -
  (typeof site.observed.facts?.clockOffsetMs === 'number' ? GRAIN_MS : UNKNOWN_CLOCK_MS);

/** The first request of each server's own. */
async function marksOf(
  sites: readonly Site[],
  origin: PublicOrigin,
  clock: Clock,
  call: Call,
): Promise<ReadonlyMap<Site, Mark>> {
  return new Map(
    await Promise.all(
      sites.map(async (site): Promise<readonly [Site, Mark]> => [
        site,
        await markLog(site, origin, clock, call).catch((cause: unknown): Mark => ({
          kind: 'not-sent',
          why: unexpectedOf(site.server.id, 'asking it by itself', cause),
        })),
      ]),
    ),
  );
}

async function lookAt(
  {
    site,
    origin,
    since,
    first,
    keys,
  }: {
    readonly site: Site;
    readonly origin: PublicOrigin;
    readonly since: number;
    readonly first: Mark;
    readonly keys: ReadonlySet<string>;
  },
  clock: Clock,
  call: Call,
): Promise<Look> {
  const [last, onDisk] = await Promise.all([markLog(site, origin, clock, call), onDiskOf(site, call)]);
  const marks = [first, last] as const;
  const wanted = new Set([...keys, ...marks.flatMap((it) => (it.kind === 'sent' ? it.key : []))]);
  const end = last.kind === 'sent' ? last.key : null;
  const found = await findRequests(site, since, wanted, end, clock, call);
  return { ...found, site, marks, onDisk: onDisk.ok ? onDisk.value : null };
}

const nothingFound = (fault: Fault): Omit<Look, 'site'> => ({
  ...{ found: new Set(), fault, gap: null, onDisk: null },
  marks: [
    { kind: 'not-sent', why: fault },
    { kind: 'not-sent', why: fault },
  ],
});

/** What it answers by itself, once where not as expected. */
function codeOf({ marks }: Look): number | null {
  const codes = marks.flatMap((mark) => (mark.kind === 'sent' ? mark.code : []));
  return codes.find((code) => code !== EXPECTED) ?? codes[0] ?? null;
}

function proofOf({ fault, gap, marks, found }: Look): Pick<AnsweringServer, 'log' | 'why'> {
  if (fault !== null) return { log: 'unread', why: messageAndFix(fault) };
  if (gap !== null) return { log: 'unread', why: `Lines of its log may be missing: ${gap}` };
  for (const mark of marks) {
    if (mark.kind === 'not-sent') return { log: 'unproved', why: messageAndFix(mark.why) };
    if (!found.has(mark.key))
      return { log: 'unproved', why: 'Its log does not show a request that it answered a moment ago.' };
  }
  return { log: 'shows', why: '' };
}

const isSent = (answer: Result<unknown>): boolean => answer.ok || answer.error !== notSent;

const notSent: Fault = {
  code: 'timed-out',
  message: 'It was not sent: the requests before it took too long.',
  fix: 'Look at what answers at the origin.',
  where: {},
};
