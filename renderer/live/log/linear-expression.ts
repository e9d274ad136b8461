import { type Node, parseExpression } from './parse-expression';

/** What the states that are kept may weigh together, in numbers held: some 20 MB. Then all are made again as they are needed. */
const MOST_KEPT = 500_000;
/** Work on new states that any expression may make, in parts looked at: about a second. */
const MOST_WORK = 1_000_000;
/** The same that each character it reads adds. */
const WORK_PER_CHARACTER = 0.02;
/** Characters whose next state is kept in a list. */
const IN_A_LIST = 256;

/** Where an expression may be after some characters: a state of the automaton, made when it is first reached. */
interface State {
  /** Nodes that wait for a character. */
  readonly waiting: readonly number[];
  readonly found: boolean;
  /** Found if the text ends here. */
  readonly foundAtEnd: boolean;
  readonly next: (State | undefined)[];
  /** The same for characters that are not in the list. */
  readonly wide: Map<number, State>;
}

/** Why an expression stops: it would hold the window up. */
export class ExpressionTooLarge extends Error {
  constructor() {
    super('It needs too much work on these lines: repeat less, or ask for less at once.');
  }
}

/** What an expression holds and has cost; a measure for tests too. */
interface ExpressionCost {
  kept: number;
  work: number;
}

/**
 * A regular expression without look-around and back-references, as a test of whether a text holds it anywhere, capitals
 * aside. Its time grows with the text alone: no line, however hostile, makes it try one way after another. What it keeps is
 * bounded, and so is the work on states that do not come again.
 *
 * @throws SyntaxError with what is wrong with it
 * @returns the test. It throws `ExpressionTooLarge` where its work is more than the window has time for.
 */
export function linearExpression(
  source: string,
  cost: ExpressionCost = { kept: 0, work: 0 },
): (text: string) => boolean {
  const nodes = parseExpression(source);
  const inner = closure(nodes, [0], false);
  let states = new Map<string, State>();
  let begin = stateOf(nodes, [0], true);
  let allowed = MOST_WORK;
  /** All that is kept hangs on these two: nothing of before is reached from them. */
  const beginAnew = (): void => {
    states = new Map();
    begin = stateOf(nodes, [0], true);
    cost.kept = 0;
  };
  const make = (key: string, from: readonly number[]): State => {
    const made = stateOf(nodes, from, false);
    cost.kept += IN_A_LIST + from.length + made.waiting.length;
    states.set(key, made);
    return made;
  };
  const step = (state: State, code: number): State => {
    const known = code < IN_A_LIST ? state.next[code] : state.wide.get(code);
    if (known !== undefined) return known;
    const from = new Set(inner.entries);
    for (const at of state.waiting) {
      const node = nodes[at];
      if (node?.kind === 'one' && node.takes(code)) from.add(node.to);
    }
    const sorted = [...from].sort((a, b) => a - b);
    const key = sorted.join();
    cost.work += state.waiting.length + 2 * from.size;
    if (cost.work > allowed) throw new ExpressionTooLarge();
    if (cost.kept > MOST_KEPT) {
      // The state it comes from is not kept either, so nothing is written into it.
      beginAnew();
      return make(key, sorted);
    }
    const next = states.get(key) ?? make(key, sorted);
    if (code < IN_A_LIST) state.next[code] = next;
    else {
      state.wide.set(code, next);
      cost.kept += 4;
    }
    return next;
  };
  return (text) => {
    const low = text.toLowerCase();
    allowed += low.length * WORK_PER_CHARACTER;
    let state = begin;
    for (let at = 0; at < low.length && !state.found; at += 1) state = step(state, low.charCodeAt(at));
    return state.found || state.foundAtEnd;
  };
}

function stateOf(nodes: readonly Node[], from: readonly number[], atStart: boolean): State {
  const { waiting, found, foundAtEnd } = closure(nodes, from, atStart);
  return { waiting, found, foundAtEnd, next: [], wide: new Map() };
}

/** What is reached without a character. `entries`: where a search may begin again. */
function closure(nodes: readonly Node[], from: readonly number[], atStart: boolean) {
  const seen = new Set<number>();
  const waiting: number[] = [];
  const ended = { found: false, foundAtEnd: false };
  const go = (first: number, behindEnd: boolean): void => {
    const open = [first];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const mark = behindEnd ? -1 - at : at;
      if (seen.has(mark)) continue;
      seen.add(mark);
      const node = nodes[at];
      if (node === undefined || node.kind === 'done') ended[behindEnd ? 'foundAtEnd' : 'found'] = true;
      else if (node.kind === 'one') {
        if (!behindEnd) waiting.push(at);
      } else if (node.kind === 'fork') open.push(...node.to);
      else if (node.kind === 'end') go(node.to, true);
      else if (atStart) open.push(node.to);
    }
  };
  for (const one of from) go(one, false);
  return { ...ended, waiting, entries: from };
}
