import type { Problem, Severity } from '../../base/problem';
import type { RemedyKind } from '../../base/remedy';
import type { Place } from '../../base/result';
import type { RuleCode } from './registry';

/**
 * What a code means, wherever it is met: `docs/rules.md` and the window's "Why" are made of these. The message of a problem
 * says the same of one server, with its names and numbers.
 */
export interface RuleWords {
  /**
   * How much it matters. An error about a server holds back the steps that touch or need it; an error about the fleet (no
   * server named) blocks the whole plan (`design.md`, "Deploying", 1). So what a deploy itself repairs is never an error.
   */
  readonly severity: Severity;
  /** What is so. Markdown, one paragraph, as the three that follow. */
  readonly what: string;
  /** Why that matters; left out where `what` says it. */
  readonly why?: string;
  /** What to do. */
  readonly fix: string;
  /** Where exactly one edit of the fleet file is right: which (`shared/problems/certain-fix.ts`). */
  readonly certainFix?: CertainFix;
  /** What a button can do about it: to the server it is about, or to the fleet. */
  readonly remedy?: RemedyKind;
  /**
   * How it stands to a server that does not run, or cannot be reached or read. `root`: it says so, and what waits for that
   * server is told under it. `waits`: it is so only while such a server is among those it names.
   */
  readonly down?: 'root' | 'waits';
  /** How it is known: measured, read in Kanidm's source, reported, or Kanilink's own design. */
  readonly from: string;
  /** Where that is written down: a page and its heading. */
  readonly source?: string;
}

/** An edit of the fleet file that needs nobody's choice. */
export type CertainFix =
  | 'correct-key'
  | 'remove-from-removed'
  | 'remove-line'
  | 'remove-link'
  | 'remove-second-link'
  | 'remove-source'
  | 'write-version';

/** The codes of one family and their words. */
export type Words = Readonly<Record<string, RuleWords>>;

/** What a problem concerns beside the one server and the one link it names. */
interface Concerned {
  readonly servers?: readonly string[];
  readonly links?: readonly string[];
  /** The codes of rules that could not be judged. */
  readonly rules?: readonly string[];
}

/** What a problem says: of which server (null: the fleet), what is so, what to do, where, and what else it concerns. */
export type Said = readonly [
  server: string | null,
  message: string,
  fix: string,
  where?: Place,
  concerned?: Concerned,
];

/**
 * Makes the problems of one family: a code must be among its words, and the family in `registry.ts`.
 *
 * @returns a function that makes a problem of a code and what is said; the severity is that of the words
 */
export const ruleProblems =
  <K extends RuleCode>(words: Readonly<Record<K, RuleWords>>) =>
  (code: K, ...said: Said): Problem =>
    problemBy(words[code], code, ...said);

/** A problem of a code whose words are at hand. */
export function problemBy({ severity }: RuleWords, code: RuleCode, ...said: Said): Problem {
  const [server, message, fix, where = server === null ? {} : { server }, concerned] = said;
  const besides = concerned ?? (where.link === undefined ? {} : { links: [where.link] });
  return { severity, code, server, ...besides, message, fix, where };
}
