import type { FleetServer } from '../../shared/fleet/model/fleet';

/** Undo and redo of the fleet's text. Values, so that a test can hold every state. */
export interface History {
  readonly past: readonly Version[];
  readonly present: Version;
  readonly future: readonly Version[];
}

/** One state of the text and the words for the edit that led to it: `Pair idm-a and idm-b`. */
export interface Version {
  readonly text: string;
  readonly label: string;
  /** Edits in a row with the same key are one step to undo: moving a server about. */
  readonly merge: string | null;
  /** The servers that the edits up to here took out of the fleet. */
  readonly left: readonly FleetServer[];
  /** A person had agreed to this text, or made it: what it names may be used. */
  readonly trusted: boolean;
}

/** Versions kept; the oldest go first. */
const LONGEST = 200;

/** A document with nothing to undo or redo. */
export const startHistory = (text: string, left: readonly FleetServer[] = [], trusted = true): History => ({
  past: [],
  present: { text, label: '', merge: null, left, trusted },
  future: [],
});

/** The text after an edit; nothing happens when it is the same text. */
export function pushVersion(history: History, version: Version): History {
  if (version.text === history.present.text) return history;
  const merges = version.merge !== null && version.merge === history.present.merge && history.past.length > 0;
  const past = merges ? history.past : [...history.past, history.present].slice(-LONGEST);
  return { past, present: version, future: [] };
}

/** One step back; the same history when there is none. */
export function undo(history: History): History {
  const previous = history.past.at(-1);
  if (!previous) return history;
  return { past: history.past.slice(0, -1), present: previous, future: [history.present, ...history.future] };
}

/** One step forward again; the same history when there is none. */
export function redo(history: History): History {
  const [next, ...rest] = history.future;
  if (!next) return history;
  return { past: [...history.past, history.present], present: next, future: rest };
}
