import type { KeyCert } from '../certificate';
import type { RefreshData } from '../data/database';
import type { Context } from '../context';
import { Span } from '../span';
import { ask, commit, levelTrouble, spanFields, type Supplier } from './round';

/**
 * One request to refresh this server. It goes to every supplier's task; the first whose data has come wins, a failed
 * one leaves it to the next (`kanidm.md`, "Refresh erases", 1).
 */
export class RefreshRequest {
  private done = false;
  private turn: Promise<void> = Promise.resolve();
  private settle: ((result: 'success' | 'lost') => void) | undefined;
  /** How it ended; `lost` when every task gave up. */
  readonly result = new Promise<'success' | 'lost'>((resolve) => (this.settle = resolve));
  /** Nobody waits for the result any more: it runs all the same (`kanidm.md`, "Refresh erases", 8). */
  abandoned = false;

  /** @param open how many tasks were told. */
  constructor(private open: number) {}

  /** One task's part. Takes its turn only when its supplier has answered. */
  async run(supplier: Supplier, own: KeyCert, context: Context): Promise<void> {
    const span = new Span('repl_run_consumer_refresh', spanFields(supplier, context, 'refresh'));
    const answer = this.done ? undefined : await ask(supplier, { say: 'refresh' }, own, span, context);
    await this.inTurn(() => {
      if (this.done) {
        const late = new Span('repl_run_consumer_refresh', spanFields(supplier, context, 'refresh'), 0.006);
        context.log.finish(late);
        return;
      }
      const data = answer?.say === 'everything' ? answer : undefined;
      this.done = data !== undefined && apply(data, span, context);
      if (this.done && this.abandoned) span.warn('Unable to signal to caller that refresh has completed.');
      if (this.done) span.info('Replication refresh was successful.');
      context.log.finish(span.end());
      if (this.done) this.settle?.('success');
    });
    this.giveUp();
  }

  /** A task that will not run its part any more, because it is stopped. */
  giveUp(): void {
    this.open -= 1;
    if (this.open <= 0 && !this.done) this.settle?.('lost');
  }

  private async inTurn(part: () => void): Promise<void> {
    this.turn = this.turn.then(part);
    await this.turn;
  }
}

/** Replaces the whole database in one step, or leaves it as it is. */
function apply(data: RefreshData, span: Span, context: Context): boolean {
  const { database, version } = context;
  const trouble = levelTrouble('refresh', data.domainLevel, context);
  const applying = new Span('consumer_apply_refresh_v1');
  if (trouble !== undefined) {
    span.add(applying.error(trouble).end()).error('consumer was not able to apply refresh.');
    return false;
  }
  const was = database.now.domainName;
  const { domainName, domainUuid, domainLevel, newest, ruv, known, entries } = data;
  database.replace({ domainName, domainUuid, domainLevel, newest, ruv, known, entries });
  const uuid = `Using domain uuid from the database ${domainName} - was ${was} in memory`;
  if (version.shape === 'early') {
    span.warn('CLEARING CACHE').warn(uuid, [['event_tag_id', '2']]);
    commit(span, context);
    return true;
  }
  applying.add(reindex(0.3));
  if (version.reindexes) applying.add(reindex(1.3));
  span.add(applying.warn(uuid, [['event_tag_id', '2']]).end()).add(reindex(2.7));
  return true;
}

/** A reindex as it is told, in miniature: the real one works longer and says the same. */
export function reindex(milliseconds: number): Span {
  return new Span('reindex', [], milliseconds)
    .info('System reindex: started - this may take a long time!')
    .info('Reindexed 0 entries')
    .info('Optimising Indexes: started')
    .info('Optimising Indexes: complete ✅')
    .info('Calculating Index Optimisation Slopes: started')
    .info('Calculating Index Optimisation Slopes: complete ✅')
    .info('System reindex: complete 🎉');
}
