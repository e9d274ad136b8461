/** What a person looks at in the history of the open fleet: it stays while other views are looked at. */
export class HistoryChoice {
  /** The id of the stretch of time. */
  length = $state('hour');
  /** The id of the chart. */
  what = $state<string>('age');
  /** Lengths of a stretch that the chart lies back in time. */
  back = $state(0);
  /** The moment that is looked at, milliseconds since the epoch; null: none. */
  moment = $state<number | null>(null);

  /** Another fleet has another history. */
  forget(): void {
    this.back = 0;
    this.moment = null;
  }
}
