import type { Fault, Place } from './result';

export type Severity = 'error' | 'warning' | 'info';

/** Something a person should know about a fleet, found by a rule. */
export interface Problem {
  readonly severity: Severity;
  /** Stable, kebab-case. */
  readonly code: string;
  /** The server it is mainly about; null when about the fleet. */
  readonly server: string | null;
  /** Every server it concerns, where it concerns more than one. */
  readonly servers?: readonly string[];
  /** Every link it concerns: `idm-a → idm-b`. */
  readonly links?: readonly string[];
  /** One sentence: what is so. */
  readonly message: string;
  /** One sentence: what to do. */
  readonly fix: string;
  readonly where: Place;
}

/** A fault as a problem of the same words, with its evidence where that is short: both fingerprints of a changed host key. */
export function problemOf(fault: Fault, severity: Severity = 'error'): Problem {
  const message = fault.detail === undefined ? fault.message : `${fault.message} (${inShort(fault.detail)})`;
  return {
    severity,
    code: fault.code,
    server: fault.where.server ?? null,
    message,
    fix: fault.fix,
    where: fault.where,
  };
}

const MOST_LETTERS = 320;

/** Everything on one line, or the first line when that would be long. */
function inShort(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const all = lines.filter((line) => line !== '').join('; ');
  return all.length <= MOST_LETTERS ? all : (lines[0] ?? '');
}
