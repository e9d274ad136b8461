import { z } from 'zod';
import { shown, shownOnOneLine } from '../base/shown';
import { fault } from '../base/fault';
import { reportedCertificate } from '../certificates/certificate';
import { LONGEST_ORIGIN } from './public-origin';

/** Which servers of a fleet answer its public origin, as a set of requests found it. */

/** Requests where nobody said how many. */
export const REQUESTS = 12;
/** Each leaves two lines in a log. */
export const MOST_REQUESTS = 100;
/** What a healthy Kanidm answers: it has no such key. */
export const EXPECTED = 404;

/** What a person asks. */
export const answersAsked = z.object({
  /** Null: the origin that the servers run with. */
  origin: z.string().max(LONGEST_ORIGIN).nullable(),
  requests: z.int().min(1).max(MOST_REQUESTS),
});
export type AnswersAsked = z.output<typeof answersAsked>;

const NIL = '00000000-0000-0000-0000-000000000000';

/**
 * `x-kanidm-opid`: the uuid that also heads the request's lines in the log of the server that answered. The nil uuid heads
 * lines of no request, so it is none. An answer that has one is a Kanidm's; which one's is told by the log alone.
 */
export const opId = z
  .string()
  .max(36)
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  .refine((id) => id !== NIL);

/** Who gave an answer. */
const answeredBy = z.discriminatedUnion('kind', [
  /** Its request stands in the log of this server, and in no other's. */
  z.object({ kind: z.literal('server'), server: z.string() }),
  /** Its request stands in the logs of several servers. */
  z.object({ kind: z.literal('several'), servers: z.array(z.string()).readonly() }),
  /** Its request stands in no log that was read; it has an id, as a Kanidm's answers have. */
  z.object({ kind: z.literal('not-found') }),
  /** Its request stands in no log, and its id is that of an earlier answer: something on the way keeps answers. */
  z.object({ kind: z.literal('repeated') }),
  /** Its request stands in no log, and it has no `x-kanidm-opid`, or one that is not an id. */
  z.object({ kind: z.literal('no-id') }),
  /** There was no answer, and why; these servers' logs show its request all the same. */
  z.object({ kind: z.literal('none'), fault, servers: z.array(z.string()).readonly() }),
]);
export type AnsweredBy = z.output<typeof answeredBy>;

/** One request, in the order they were sent. */
const requestAnswer = z
  .object({
    /** `192.0.2.7:443`: where it was sent. */
    address: shownOnOneLine,
    /** Status of HTTP; null: no answer. */
    code: z.int().nullable(),
    opId: opId.nullable(),
    /** Where a redirect leads; it was not followed. Null: it is not a redirect. */
    redirect: shownOnOneLine.nullable(),
    /** Fingerprint of the certificate that was shown; null: none was. */
    certificate: z.string().nullable(),
    by: answeredBy,
  })
  .readonly();
export type RequestAnswer = z.output<typeof requestAnswer>;

/**
 * What is known of a server's log. `shows`: two requests that were sent to the server itself, before all others and after
 * them, stand in it, and nothing says that lines between are missing: so what does not stand in it did not reach the server.
 * `unproved`: it was read, and no such two could be sent and found.
 * `unread`: it was not read to its end.
 */
const logState = z.enum(['shows', 'unproved', 'unread']);

const answeringServer = z
  .object({
    server: z.string(),
    /** Answers whose request stands in its log, and in no other's. */
    answered: z.int(),
    log: logState,
    /** Status of HTTP that it answered with when it was asked by itself; null: it did not answer, or was not asked. */
    code: z.int().nullable(),
    /** Why its log proves no more; empty: it shows requests. */
    why: shown,
  })
  .readonly();
export type AnsweringServer = z.output<typeof answeringServer>;

/** A certificate that was shown at the origin. */
const shownCertificate = reportedCertificate.unwrap().extend({
  /** Servers whose `tls_chain` begins with it. */
  onDiskOf: z.array(z.string()).readonly(),
  /** What is against it, in a sentence; null: it names the origin, is valid, and is trusted here or lies on a server's disk. */
  refused: shown.nullable(),
  /** Requests that it was shown to. */
  requests: z.int(),
});

/** Who answers a fleet's public origin. */
export const answersReport = z
  .object({
    /** `https://idm.example.com` */
    origin: shownOnOneLine,
    /** ISO 8601, this computer's clock. */
    at: z.string(),
    /** What its name led to, as far as it was asked; requests go to each in turn. */
    addresses: z.array(shownOnOneLine).max(MOST_REQUESTS).readonly(),
    /** Addresses more, which no request went to. */
    unasked: z.int(),
    requests: z.array(requestAnswer).max(MOST_REQUESTS).readonly(),
    /** Every server of the fleet. */
    servers: z.array(answeringServer).readonly(),
    certificates: z.array(shownCertificate.readonly()).max(MOST_REQUESTS).readonly(),
  })
  .readonly();
export type AnswersReport = z.output<typeof answersReport>;
export type ShownCertificate = AnswersReport['certificates'][number];
