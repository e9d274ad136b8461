import { expect, it } from 'vitest';
import type { HistoryDeploy } from '../../shared/plan/model/history';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { App } from './app.svelte';
import { openReview } from './open-review';

/** The window with nothing interrupted, or with one deploy that is. */
function windowWith(interrupted: string | null): App {
  const app = new App(createClient(new RecordedBridge()));
  const deploys = interrupted === null ? [] : [{ deploy: interrupted } as HistoryDeploy];
  app.past.known = { deploys, interrupted, unreadable: [] };
  return app;
}

it('what the fleet file says is not deployed over an interrupted deploy, whichever button asks for it', () => {
  const app = windowWith('d1');
  openReview(app);
  expect(app.dialog).toEqual({ kind: 'review', job: { kind: 'resume' } });
  app.closeDialog();
  openReview(app, { kind: 'apply' });
  expect(app.dialog).toEqual({ kind: 'review', job: { kind: 'resume' } });
  app.closeDialog();
  openReview(app, { kind: 'rollback', deploy: 'd1' });
  expect(app.dialog).toEqual({ kind: 'review', job: { kind: 'rollback', deploy: 'd1' } });
});

it('is the review of the job where nothing is interrupted', () => {
  const app = windowWith(null);
  openReview(app, { kind: 'apply' });
  expect(app.dialog).toEqual({ kind: 'review' });
});
