import { z } from 'zod';
import type { Fault } from './result';
import { place } from './fault';
import { shown } from './shown';

export const severity = z.enum(['error', 'warning', 'info']);
export type Severity = z.output<typeof severity>;

/** Something a person should know about a fleet, found by a rule. */
export const problem = z
  .object({
    severity,
    /** Stable, kebab-case. */
    code: z.string(),
    /** The server it is mainly about; null when about the fleet. */
    server: z.string().nullable(),
    /** Every server it concerns, where it concerns more than one. */
    servers: z.array(z.string()).readonly().exactOptional(),
    /** Every link it concerns: `idm-a → idm-b`. */
    links: z.array(z.string()).readonly().exactOptional(),
    /** One sentence: what is so. */
    message: shown,
    /** One sentence: what to do. */
    fix: shown,
    /** What proves it, several lines allowed, never a secret: a program's own words, a fingerprint. Shown on request. */
    evidence: shown.exactOptional(),
    /** What could not be judged: the codes of the rules that wait, for programs. */
    rules: z.array(z.string()).readonly().exactOptional(),
    where: place,
  })
  .readonly();
export type Problem = z.output<typeof problem>;

/** A fault as a problem of the same words. Its detail is the evidence: a message stays one sentence. */
export const problemOf = (fault: Fault, severity: Severity = 'error'): Problem => ({
  severity,
  code: fault.code,
  server: fault.where.server ?? null,
  message: fault.message,
  fix: fault.fix,
  ...(fault.detail === undefined || fault.detail.trim() === '' ? {} : { evidence: inBounds(fault.detail) }),
  where: fault.where,
});

/** Characters of evidence that go with a problem: a report holds many problems. */
const MOST_EVIDENCE = 4000;

const inBounds = (text: string): string =>
  text.length <= MOST_EVIDENCE ? text : `${text.slice(0, MOST_EVIDENCE)}…`;
