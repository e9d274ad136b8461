import { expect, it } from 'vitest';
import type { HistoryDeploy } from '../../shared/plan/model/history';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { startRun } from '../deploys/deploy-run.svelte';
import { App } from './app.svelte';
import { engineTold } from './engine-told';

/** A window whose deploy was lost with the engine, which runs again. */
function restarted() {
  const app = new App(createClient(new RecordedBridge()));
  const lost = { ...startRun([], 0), journal: '/journals/d1', outcome: 'lost' } as const;
  app.deploy.run = lost;
  engineTold(app, { kind: 'engine', state: 'restarting', inMs: 1000 });
  engineTold(app, { kind: 'engine', state: 'running', inMs: null });
  const says = (): boolean => {
    app.notices.prune();
    return app.notices.shown.some(({ text }) => /Resume it or roll it back/.test(text));
  };
  const journals = (one: Partial<HistoryDeploy>): void => {
    const deploy = { deploy: 'd1', folder: '/journals/d1', settledBy: null, possible: [], ...one };
    app.past.known = { deploys: [deploy as unknown as HistoryDeploy], interrupted: null, unreadable: [] };
  };
  return { app, says, journals };
}

it('says that a deploy was interrupted for as long as it is to be resumed or rolled back', () => {
  const { says, journals } = restarted();
  expect(says()).toBe(true);
  journals({ state: 'running' });
  expect(says()).toBe(true);
  journals({ state: 'interrupted' });
  expect(says()).toBe(true);
  // By another program, too.
  journals({ state: 'interrupted', settledBy: 'd2' });
  expect(says()).toBe(false);
});

it('says it no more once it had come to its end, or another deploy of this window runs', () => {
  const ended = restarted();
  ended.journals({ state: 'finished' });
  expect(ended.says()).toBe(false);
  const resumed = restarted();
  resumed.app.deploy.run = startRun([], 1, { kind: 'resume' });
  expect(resumed.says()).toBe(false);
});
