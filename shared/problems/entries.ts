import { sortedCodes } from '../base/cure';
import type { Problem, Severity } from '../base/problem';
import { type Remedy, remedyOf } from '../base/remedy';
import { observedCodes, wordsOfRule } from '../fleet/rules/registry';
import { describePull } from '../fleet/model/fleet';
import type { Health, PullHealth } from '../kanidmd/health';
import { fileCodes } from '../server-config/config-problems';
import { distinctProofs, lastWordsOf, type Proof } from '../kanidmd/proof';
import { gravity, keyOf, once } from './once';
import { samePair, serversOf, type Subject, subjectOf } from './subject';

/** One thing that is wrong, with everything that is so because of it. */
export interface Entry {
  /** Tells it from the others, and stays as long as it does. */
  readonly key: string;
  readonly root: Problem;
  /** The gravest of all that is told in it. */
  readonly severity: Severity;
  /** What follows from it. */
  readonly folded: readonly Problem[];
  readonly subject: Subject;
  /** What a button can do about it; null: nothing certain. */
  readonly remedy: Remedy | null;
  /** The lines of the servers' logs that prove it; empty: none do. */
  readonly proof: readonly Proof[];
}

/** All there is to say of a fleet. */
export interface Found {
  /** What the fleet file itself says. */
  readonly document?: readonly Problem[];
  /** What the newest reading of the servers says; absent: there is none to be believed. */
  readonly observed?: readonly Problem[];
  /** The servers that were read for it; absent: all. */
  readonly read?: readonly string[];
  /** What the newest plan says. Of the servers, the newest reading knows better. */
  readonly plan?: readonly Problem[];
  /** Pulls as they are judged; those that are well say nothing. */
  readonly pulls?: readonly JudgedPull[];
}

type JudgedPull = Omit<PullHealth, 'lastSuccess'>;

/**
 * The one list of problems: each once, the root before what follows from it, the gravest first. A server that does not run,
 * or cannot be reached or read, is one entry; what waits for it is folded under it: rules that lack their facts, pulls, what
 * cannot be planned.
 */
export function entriesOf({ pulls = [], ...found }: Found): readonly Entry[] {
  const problems = problemsIn(found);
  const roots = rootsOf(problems);
  const folded = new Map<Problem, Problem[]>();
  const proofs = new Map<Problem, readonly Proof[]>();
  const fold = (problem: Problem, root: Problem): void => {
    const under = folded.get(root);
    if (under) under.push(problem);
    else folded.set(root, [problem]);
  };
  const alone = problems.filter((problem) => {
    const root = rootOf(problem, roots);
    if (root !== null) fold(problem, root);
    return root === null;
  });
  const unwell: { readonly problem: Problem; readonly remedy: Remedy | null }[] = [];
  for (const pull of pulls) {
    const problem = pullProblem(pull);
    if (problem === null) continue;
    const ends = [pull.consumer, pull.supplier].flatMap((id) => roots.get(id) ?? []);
    const root = ends[0] ?? alone.find((it) => explains(it, problem)) ?? null;
    const proves = root ?? problem;
    proofs.set(proves, [...(proofs.get(proves) ?? []), ...(pull.proof ?? [])]);
    if (root !== null) fold(problem, root);
    else if (problem.severity !== 'info') unwell.push({ problem, remedy: pull.remedy ?? null });
  }
  const seen = new Map<string, number>();
  const down = new Set(roots.values());
  const entries = [...alone.map((problem) => ({ problem, remedy: remedyFor(problem) })), ...unwell].map(
    ({ problem, remedy }): Entry => {
      const nth = seen.get(keyOf(problem)) ?? 0;
      seen.set(keyOf(problem), nth + 1);
      const under = folded.get(problem) ?? [];
      return {
        key: `${keyOf(problem)}|${nth}`,
        root: problem,
        severity: gravestOf([problem, ...under]),
        folded: under,
        subject: subjectOf(problem),
        remedy,
        proof: distinctProofs([
          ...(down.has(problem) && problem.server !== null ? [lastWordsOf(problem.server)] : []),
          ...(proofs.get(problem) ?? []),
        ]),
      };
    },
  );
  // Servers that are down come first: they explain the most.
  const rank = ({ severity, root }: Entry): number => gravity[severity] * 2 + (down.has(root) ? 0 : 1);
  return entries.sort((a, b) => rank(a) - rank(b));
}

const gravestOf = (problems: readonly Problem[]): Severity =>
  problems.reduce<Severity>(
    (worst, { severity }) => (gravity[severity] < gravity[worst] ? severity : worst),
    'info',
  );

/** Every problem once, the newest words of it; what an older reading said of the servers is over. */
export function problemsIn({ document = [], observed, read, plan = [] }: Found): readonly Problem[] {
  const isRead = (server: string | null): boolean =>
    observed !== undefined && (server === null || read === undefined || read.includes(server));
  const planned = plan.filter((it) => !(isOfServers(it) && isRead(it.server)));
  return once([document, observed ?? [], planned]);
}

const ofFiles: ReadonlySet<string> = new Set(fileCodes);

/** A look at the servers raises it, and does so again while it is so. */
const isOfServers = ({ code }: Problem): boolean =>
  observedCodes.has(code) || sortedCodes.has(code) || ofFiles.has(code);

/** By server, the problem that says that it does not run, or cannot be reached or read. */
function rootsOf(problems: readonly Problem[]): ReadonlyMap<string, Problem> {
  const roots = new Map<string, Problem>();
  const add = (problem: Problem): void => {
    if (problem.server !== null && !roots.has(problem.server)) roots.set(problem.server, problem);
  };
  for (const problem of problems) if (downOf(problem) === 'root') add(problem);
  // Why a server could not be reached is told by the fault itself.
  for (const problem of problems) if (problem.severity === 'error' && isFault(problem)) add(problem);
  return roots;
}

/** What a problem follows from; null: it stands for itself. */
function rootOf(problem: Problem, roots: ReadonlyMap<string, Problem>): Problem | null {
  const own = problem.server === null ? undefined : roots.get(problem.server);
  if (own === problem) return null;
  // A second fault of one server, or its fault beside the word that it is down.
  if (own !== undefined && (isFault(problem) || downOf(problem) === 'root')) return own;
  if (downOf(problem) !== 'waits') return null;
  return [...serversOf(problem)].flatMap((id) => roots.get(id) ?? [])[0] ?? null;
}

const downOf = ({ code }: Problem): 'root' | 'waits' | null => wordsOfRule(code)?.down ?? null;

/** A call to a server failed. */
const isFault = ({ code, where }: Problem): boolean =>
  where.line === undefined && wordsOfRule(code) === null && sortedCodes.has(code);

/** Whether what is said of a link says why its pull is as it is: a note explains nothing that is broken. */
const explains = (it: Problem, pull: Problem): boolean =>
  samePair(subjectOf(it), subjectOf(pull)) && (it.severity !== 'info' || pull.severity === 'info');

function remedyFor(problem: Problem): Remedy | null {
  const kind = wordsOfRule(problem.code)?.remedy;
  return kind === undefined ? null : remedyOf(kind, problem.server ?? problem.where.server ?? '');
}

/** A pull that is not well, as a problem; null: it is, or its round is due. */
function pullProblem(pull: JudgedPull): Problem | null {
  const severity = severities[pull.health];
  if (severity === null) return null;
  return {
    severity,
    code: `pull-${pull.health}`,
    server: pull.consumer,
    servers: [pull.consumer, pull.supplier],
    links: [describePull(pull)],
    message: `${describePull(pull)}: ${pull.cause}`,
    fix: pull.fix,
    where: { server: pull.consumer, link: describePull(pull) },
  };
}

const severities: Readonly<Record<Health, Problem['severity'] | null>> = {
  replicating: null,
  waiting: null,
  broken: 'error',
  'needs-refresh': 'warning',
  paused: 'warning',
  unknown: 'info',
};
