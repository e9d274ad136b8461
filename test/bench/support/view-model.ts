import type { LogLineView } from '../../../shared/ipc';
import { LogStore } from '../../../renderer/live/log/log-store';
import { ShownLog } from '../../../renderer/live/log/shown-log';
import { replication } from '../../../renderer/live/log/log-filter';

/** What the window holds of a log, and what it shows of it at first; drawing it is not part of it. */
export class ViewModel {
  readonly store = new LogStore();
  readonly shown = new ShownLog();

  take(lines: readonly LogLineView[]): void {
    const taken = this.store.add(lines);
    if (!this.shown.goOn(taken)) this.shown.show(replication, this.store.lines);
  }
}
