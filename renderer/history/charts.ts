import type { HistoryColumn } from '../../shared/history/history';

/** What can be drawn of pulls over time. */
export interface Chart {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  /** Its values are joined; others stand alone, for between two of them nothing is known. */
  readonly joined: boolean;
  /** Null: not known. */
  readonly valueOf: (column: HistoryColumn) => number | null;
}

export const CHARTS = [
  {
    ...{ id: 'age', label: 'Age of the last good round', unit: ' s', joined: true },
    valueOf: ({ ageMs }) => (ageMs === null ? null : ageMs / 1000),
  },
  { id: 'took', label: 'Time of a round', unit: ' ms', joined: true, valueOf: ({ tookMs }) => tookMs },
  {
    ...{ id: 'changes', label: 'Changes a consumer lacks', unit: '', joined: false },
    valueOf: ({ lagChanges }) => lagChanges,
  },
  {
    ...{ id: 'lag', label: 'Age of the oldest change it lacks', unit: ' s', joined: false },
    valueOf: ({ lagSeconds }) => lagSeconds,
  },
] as const satisfies readonly Chart[];
