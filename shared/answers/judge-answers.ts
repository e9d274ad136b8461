import { count } from '../base/sentences';
import { joinNames } from '../base/join-names';
import {
  type AnsweredBy,
  type AnsweringServer,
  type AnswersReport,
  EXPECTED,
  MOST_REQUESTS,
  type RequestAnswer,
} from './answers';

/** One thing that a set of requests showed, for a person. */
export interface AnswersNote {
  /** `good`: as it should be. `attention`: somebody should look. `unknown`: it is not proved either way. */
  readonly tone: 'good' | 'attention' | 'unknown';
  /** One sentence or two: what is so. */
  readonly text: string;
  /** What to do; empty when nothing is. */
  readonly fix: string;
}

/** What is known of a server's log, in words. */
export const logWords: Readonly<Record<AnsweringServer['log'], string>> = {
  shows: 'shows requests',
  unproved: 'proves nothing',
  unread: 'was not read',
};

/** How many answers a server gave: `8 of 12`; `0 of 12` only where {@link noneOf} allows it, else `not known`. */
export function answeredWords(server: AnsweringServer, report: AnswersReport): string {
  if (server.answered > 0) return `${server.answered} of ${report.requests.length}`;
  const none = noneOf(server, report);
  return none.kind === 'none' ? `0 of ${none.of}` : 'not known';
}

/** True when it is known how many answers a server gave, be it none. */
export const isCounted = (server: AnsweringServer, report: AnswersReport): boolean =>
  server.answered > 0 || noneOf(server, report).kind === 'none';

/** True when every request was answered as expected by one server of the fleet, every server answered, and nothing is against a certificate. */
export const allAnswer = (report: AnswersReport): boolean =>
  report.requests.length > 0 && answersNotes(report).every(({ tone }) => tone === 'good');

/** True when at least one request was answered by anybody. */
export const anyAnswered = ({ requests }: AnswersReport): boolean =>
  requests.some(({ by }) => by.kind !== 'none');

/**
 * What the answers of an origin mean. Nothing is said beyond what was measured: a server without an answer had none of so
 * many requests, from this computer, and only its own log can say so.
 */
export function answersNotes(report: AnswersReport): readonly AnswersNote[] {
  return [
    whoAnswers(report),
    ...report.servers.flatMap((server) => ofServer(server, report)),
    ...ofAddresses(report),
    ...ofRequests(report),
    ...ofCodes(report),
    ...ofCertificates(report),
  ];
}

type Kind<K extends AnsweredBy['kind']> = RequestAnswer & {
  readonly by: Extract<AnsweredBy, { kind: K }>;
};
const withKind = <K extends AnsweredBy['kind']>({ requests }: AnswersReport, kind: K): readonly Kind<K>[] =>
  requests.filter((it): it is Kind<K> => it.by.kind === kind);

function whoAnswers({ origin, servers, requests }: AnswersReport): AnswersNote {
  const some = servers.filter(({ answered }) => answered > 0);
  const each = joinNames(some.map((it) => `${it.server} (${it.answered} of ${requests.length})`));
  return some.length === 0
    ? { tone: 'attention', text: `No server of this fleet was found to answer ${origin}.`, fix: '' }
    : { tone: 'good', text: `${origin} is answered by ${each}.`, fix: '' };
}

/** A balancer that chooses by the client's address is the innocent reason for an answer of one server alone. */
const NONE_FIX =
  'A balancer that goes by the client’s address sends all requests of one computer to one server: ask from another computer too. Else look at the balancer’s list of servers, and at its checks.';

function ofServer(server: AnsweringServer, report: AnswersReport): readonly AnswersNote[] {
  const { answered, log, why } = server;
  const id = server.server;
  if (answered > 0)
    return log === 'shows'
      ? []
      : [{ tone: 'unknown', text: `${id} may have answered more. ${why}`, fix: '' }];
  const none = noneOf(server, report);
  if (none.kind === 'named') return [];
  if (none.kind === 'not-known') return [{ tone: 'unknown', text: `Whether ${id} ${none.why}`, fix: '' }];
  const which = none.of === report.requests.length ? '' : ' that had an answer';
  return [
    {
      tone: 'attention',
      text: `${id} answered 0 of ${count(none.of, 'request')} from this computer${which}; its log shows requests that are sent to itself.`,
      fix: NONE_FIX,
    },
  ];
}

/** What may be said of a server that no answer is known to be of. */
type None =
  /** It answered none of so many requests that had an answer. */
  | { readonly kind: 'none'; readonly of: number }
  /** Other notes name it: its log shows a request, whose answer may or may not be its own. */
  | { readonly kind: 'named' }
  /** The end of a sentence that begins with whether it. */
  | { readonly kind: 'not-known'; readonly why: string };

/** Whether a server's log and the requests prove a zero. What had no answer at all says nothing of who would have answered. */
function noneOf({ server, log, why }: AnsweringServer, { requests, unasked }: AnswersReport): None {
  if (log !== 'shows') return { kind: 'not-known', why: `answered any is not known. ${why}` };
  if (requests.some(({ by }) => 'servers' in by && by.servers.includes(server))) return { kind: 'named' };
  if (unasked > 0) return { kind: 'not-known', why: `answers is not known: ${notAsked(unasked)} not asked.` };
  const of = requests.filter(({ by }) => by.kind !== 'none').length;
  return of > 0
    ? { kind: 'none', of }
    : { kind: 'not-known', why: 'answers is not known: no request had an answer.' };
}

const notAsked = (n: number): string => `${count(n, 'address', 'addresses')} ${n === 1 ? 'was' : 'were'}`;

function ofAddresses({ origin, addresses, unasked }: AnswersReport): readonly AnswersNote[] {
  if (unasked === 0) return [];
  const all = addresses.length + unasked;
  return [
    {
      tone: 'unknown',
      text: `${unasked} of the ${all} addresses of ${origin} ${unasked === 1 ? 'was' : 'were'} not asked.`,
      fix:
        all > MOST_REQUESTS
          ? 'Ask some of them by themselves, each as an origin: https://ADDRESS.'
          : `Ask with ${all} requests or more.`,
    },
  ];
}

/** Answers that a healthy Kanidm does not give, one note for each server and status. Others tell of what has no id. */
function ofCodes({ requests, servers }: AnswersReport): readonly AnswersNote[] {
  const odd = new Map<string, { readonly who: string; readonly code: number; n: number }>();
  for (const { by, code, redirect } of requests) {
    if (code === null || code === EXPECTED || redirect !== null || by.kind === 'no-id') continue;
    const who = by.kind === 'server' ? by.server : 'a server that is not known';
    const known = odd.get(`${code} ${who}`) ?? { who, code, n: 0 };
    known.n += 1;
    odd.set(`${code} ${who}`, known);
  }
  const expected = `where ${EXPECTED} is expected.`;
  const alone = servers.filter(({ code }) => code !== null && code !== EXPECTED);
  return [
    ...[...odd.values()].map(
      ({ who, code, n }) =>
        `${count(n, 'answer')} of ${who} ${n === 1 ? 'has' : 'have'} status ${code}, ${expected}`,
    ),
    ...alone.map(
      ({ server, code }) => `${server} has status ${code ?? '?'} when it is asked by itself, ${expected}`,
    ),
  ].map((text) => ({ tone: 'attention', text, fix: 'Read the server’s log.' }));
}

function ofRequests(report: AnswersReport): readonly AnswersNote[] {
  const notes: AnswersNote[] = [];
  const say = (tone: AnswersNote['tone'], text: string, fix: string): void => {
    notes.push({ tone, text, fix });
  };
  const notFound = withKind(report, 'not-found');
  if (notFound.length > 0) {
    const unsure = report.servers.filter(({ log }) => log !== 'shows').map(({ server }) => server);
    const head = `${count(notFound.length, 'answer')} of a Kanidm ${notFound.length === 1 ? 'stands' : 'stand'} in no log that was read`;
    if (unsure.length > 0)
      say('unknown', `${head}: ${joinNames(unsure)}, or a server outside this fleet, gave it.`, '');
    else
      say(
        'attention',
        `${head}: a server outside this fleet answers there.`,
        'Find out where the origin leads to: DNS, and the balancer’s list of servers.',
      );
  }
  const several = withKind(report, 'several');
  if (several.length > 0)
    say(
      'unknown',
      `${count(several.length, 'answer')} ${several.length === 1 ? 'stands' : 'stand'} in the logs of several servers at once: ${joinNames(new Set(several.flatMap(({ by }) => by.servers)))}.`,
      'Look whether these entries of the fleet file are one and the same server, and whether the balancer asks a second server where the first fails.',
    );
  const repeated = withKind(report, 'repeated');
  if (repeated.length > 0)
    say(
      'attention',
      `${count(repeated.length, 'answer')} had come before: something on the way keeps answers.`,
      'Keep nothing of Kanidm’s answers in a proxy: they belong to one person each.',
    );
  const odd = withKind(report, 'no-id');
  if (odd.length > 0)
    say(
      'attention',
      `${count(odd.length, 'answer')} (${joinNames(new Set(odd.map(({ code }) => `status ${code ?? '?'}`)))}) had no x-kanidm-opid and ${odd.length === 1 ? 'stands' : 'stand'} in no log that was read: no server of this fleet is known to have given ${odd.length === 1 ? 'it' : 'them'}; a proxy may have.`,
      'Read the proxy’s own log.',
    );
  const redirects = [...new Set(report.requests.flatMap(({ redirect }) => redirect ?? []))];
  if (redirects.length > 0)
    say(
      'attention',
      `The origin sends on to ${joinNames(redirects)}, which was not followed.`,
      'Ask the origin that people really use.',
    );
  return [...notes, ...unanswered(report)];
}

/** Requests that had no answer, one note for each reason. */
function unanswered(report: AnswersReport): readonly AnswersNote[] {
  const reasons = new Map<string, { n: number; readonly fix: string }>();
  for (const { by } of withKind(report, 'none')) {
    const known = reasons.get(by.fault.message) ?? { n: 0, fix: by.fault.fix };
    known.n += 1;
    reasons.set(by.fault.message, known);
  }
  const lost = withKind(report, 'none').filter(({ by }) => by.servers.length > 0);
  return [
    ...[...reasons].map(([why, { n, fix }]): AnswersNote => ({
      tone: 'attention',
      text: `${count(n, 'request')} had no answer. ${why}`,
      fix,
    })),
    ...(lost.length === 0
      ? []
      : [
          {
            tone: 'attention' as const,
            text: `${count(lost.length, 'request')} without an answer here ${lost.length === 1 ? 'stands' : 'stand'} in the log of ${joinNames(new Set(lost.flatMap(({ by }) => by.servers)))}: the answer was lost on the way, or came too late.`,
            fix: 'Look at how long the server takes, and at what stands between.',
          },
        ]),
  ];
}

const ofCertificates = ({ certificates, requests: sent }: AnswersReport): readonly AnswersNote[] => [
  ...(sent.some(({ code, certificate }) => code !== null && certificate === null)
    ? [
        {
          tone: 'attention' as const,
          text: 'A certificate that was shown there could not be read.',
          fix: 'Look at what answers there, and at its certificate.',
        },
      ]
    : []),
  ...certificates.flatMap(({ refused, requests, notAfter }) =>
    refused === null
      ? []
      : [
          {
            tone: 'attention' as const,
            text: `The certificate that ${count(requests, 'request')} met (until ${notAfter.slice(0, 10)}) is not to be trusted: ${refused} Nothing was sent that somebody else must not read.`,
            fix: 'Look at what answers there, and at its certificate.',
          },
        ],
  ),
];
