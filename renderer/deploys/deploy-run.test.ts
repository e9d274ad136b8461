import { describe, expect, it } from 'vitest';
import { stepId } from '../../shared/base/names';
import { planOf, stepOf } from '../dev/step-of';
import type { DeployEvent } from '../../shared/plan/model/deploy';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { Notices } from '../services/notices.svelte';
import { after, DeployRun, type Run, startRun } from './deploy-run.svelte';
import { mayTakeOver, outcomeWords } from './outcome-words';
import { stepNews } from './step-words';
import { runDetails } from './run-details';
import '../dev/all-loaded';

const step = (id: string) => stepOf('configure', { id, summary: `Step ${id}` });
const plan = planOf([step('1'), step('2')]);
const fleet = { path: '/f.toml', text: '' };

function start() {
  const bridge = new RecordedBridge();
  const deploy = new DeployRun(createClient(bridge));
  const ended: Run[] = [];
  deploy.start(fleet, { plan, erase: ['idm-b'], job: { kind: 'apply' } }, (run) => ended.push(run));
  const { id } = bridge.last('open');
  const say = (...items: DeployEvent[]): void => bridge.say({ kind: 'items', id, items });
  return { bridge, deploy, ended, say, end: () => bridge.say({ kind: 'end', id, fault: null }) };
}

it('tells a screen reader when each step begins and when it ends, once, in order, and nothing of what it prints', () => {
  const bridge = new RecordedBridge();
  const deploy = new DeployRun(createClient(bridge));
  const notices = new Notices();
  const heard: string[] = [];
  const listen = (): void => {
    heard.push(...notices.said.map(({ text }) => text));
    notices.said = [];
  };
  deploy.start(
    fleet,
    { plan, erase: [], job: { kind: 'apply' } },
    () => undefined,
    (before, now) => notices.say(stepNews(before, now)),
  );
  const { id } = bridge.last('open');
  const state = (n: number, to: 'running' | 'done', note = ''): DeployEvent => ({
    ...{ kind: 'step', step: stepId(n), state: to, at: n, note },
  });
  const printed = (n: number): DeployEvent => ({ kind: 'output', step: stepId(n), text: 'a line\n', at: n });
  // One after the other, a note of what has begun, and a burst as a quick step makes it.
  const batches: readonly (readonly DeployEvent[])[] = [
    [state(1, 'running')],
    [printed(1), printed(1)],
    [state(1, 'running', 'waiting for kanidmd')],
    [printed(1), state(1, 'done')],
    [state(2, 'running')],
    [printed(2)],
    [state(2, 'done')],
  ];
  // Begun and ended in one moment: its end is told, and nobody listens to both.
  const [at, quick] = [startRun(plan.steps, 0), [state(1, 'running'), state(1, 'done')]];
  expect(stepNews(at, quick.reduce(after, at))).toBe('Step 1 of 2: idm-b, Step 1, done.');
  for (const items of batches) {
    bridge.say({ kind: 'items', id, items });
    listen();
  }
  expect(heard).toEqual([
    'Step 1 of 2: idm-b, Step 1, running.',
    'Step 1 of 2: idm-b, Step 1, done.',
    'Step 2 of 2: idm-b, Step 2, running.',
    'Step 2 of 2: idm-b, Step 2, done.',
  ]);
});

it('follows each step from its events', () => {
  let run = startRun(plan.steps, 0);
  const events: DeployEvent[] = [
    { kind: 'step', step: stepId(1), state: 'running', at: 1000, note: '' },
    { kind: 'output', step: stepId(1), text: 'This config rocks!\n', at: 1500 },
    { kind: 'step', step: stepId(1), state: 'done', at: 3000, note: 'healthy' },
    { kind: 'step', step: stepId(2), state: 'running', at: 3000, note: '' },
  ];
  for (const event of events) run = after(run, event);
  expect(run.steps).toMatchObject([
    { state: 'done', note: 'healthy', startedAt: 1000, endedAt: 3000, output: ['This config rocks!'] },
    { state: 'running', startedAt: 3000, endedAt: null },
  ]);
  expect(outcomeWords(run)).toMatchObject({ title: `Step 2 of ${run.steps.length}`, text: 'idm-b: Step 2' });
});

it('is told step by step to who hears it', () => {
  const begun = startRun(plan.steps, 0);
  const running = after(begun, { kind: 'step', step: stepId(1), state: 'running', at: 1, note: '' });
  let later = after(running, { kind: 'step', step: stepId(1), state: 'done', at: 2, note: '' });
  later = after(later, { kind: 'output', step: stepId(1), text: 'x', at: 2 });
  const failed = after(later, { kind: 'step', step: stepId(2), state: 'failed', at: 3, note: 'no' });
  expect(stepNews(begun, running)).toMatch(/^Step 1 of 2: .*Step 1, running\.$/);
  expect(stepNews(running, later)).toMatch(/^Step 1 of 2: .*Step 1, done\.$/);
  expect(stepNews(later, later)).toBe('');
  expect(stepNews(begun, failed)).toMatch(/^Step 1 of 2: .*done\. Step 2 of 2: .*failed\.$/);
});

it('runs the very plan that was reviewed, erasing only who was named', () => {
  const { bridge } = start();
  expect(bridge.last('open').question).toEqual({ fleet, fingerprint: plan.fingerprint, erase: ['idm-b'] });
});

describe('a deploy that is cancelled', () => {
  it('goes on being told until the engine says how it ended', () => {
    const { bridge, deploy, ended, say, end } = start();
    deploy.cancel();
    expect(bridge.last('cancel').id).toBe(bridge.last('open').id);
    expect(deploy.run?.outcome).toBeNull();
    say({ kind: 'step', step: stepId(1), state: 'done', at: 1, note: '' });
    say({ kind: 'finished', outcome: 'cancelled', problems: [], at: 2 });
    end();
    expect(ended.map((run) => run.outcome)).toEqual(['cancelled']);
    expect(deploy.run?.steps[0]?.state).toBe('done');
  });

  it('is cancelled once, however often it is asked', () => {
    const { bridge, deploy } = start();
    deploy.cancel();
    deploy.cancel();
    expect(bridge.sent.filter((message) => message.kind === 'cancel')).toHaveLength(1);
  });
});

it('a stream that ends without an outcome is a lost engine, never a success', () => {
  const { deploy, ended, say, end } = start();
  say({ kind: 'step', step: stepId(1), state: 'done', at: 1, note: '' });
  end();
  expect(ended.map((run) => run.outcome)).toEqual(['lost']);
  expect(deploy.run && outcomeWords(deploy.run).tone).toBe('bad');
});

it('only one deploy runs at a time', () => {
  const { bridge, deploy } = start();
  deploy.start(fleet, { plan, erase: [], job: { kind: 'apply' } }, () => undefined);
  expect(bridge.sent.filter((message) => message.kind === 'open')).toHaveLength(1);
});

it('a stale lock is offered to be taken over, with the very plan that was agreed to; a live one is not', () => {
  const refused = (code: string): Run => {
    const { deploy, say } = start();
    const problem = { severity: 'error' as const, code, server: 'idm-b', message: '', fix: '', where: {} };
    say({ kind: 'finished', outcome: 'refused', problems: [problem], at: 2 });
    if (!deploy.run) throw new Error('it ran');
    return deploy.run;
  };
  expect(mayTakeOver(refused('lock-stale'))).toBe(true);
  expect(mayTakeOver(refused('locked'))).toBe(false);
  expect(outcomeWords(refused('locked')).text).toContain('holds the lock');

  const { bridge, deploy, say } = start();
  say({ kind: 'finished', outcome: 'refused', problems: [], at: 2 });
  if (!deploy.order) throw new Error('it was ordered');
  deploy.start(fleet, { ...deploy.order, takeOver: true }, () => undefined);
  expect(bridge.last('open').question).toEqual({
    fleet,
    fingerprint: plan.fingerprint,
    erase: ['idm-b'],
    takeOver: true,
  });
});

it('details hold the steps, their output and the problems', () => {
  let run = startRun(plan.steps, 0);
  run = after(run, { kind: 'output', step: stepId(1), text: 'stderr of kanidmd', at: 1 });
  run = after(run, { kind: 'step', step: stepId(1), state: 'failed', at: 1, note: 'did not come back' });
  const problem = {
    severity: 'error' as const,
    code: 'x',
    server: 'idm-b',
    message: 'It failed.',
    fix: 'Look.',
    where: { server: 'idm-b' },
  };
  run = after(run, { kind: 'finished', outcome: 'failed', problems: [problem], at: 2 });
  const text = runDetails(run);
  expect(text).toContain('1. [failed] idm-b: Step 1 (did not come back)');
  expect(text).toContain('stderr of kanidmd');
  expect(text).toContain('error: idm-b: It failed. Look.');
});

it('an end that is not the last step’s says how far it came', () => {
  const state = (n: number, to: 'running' | 'done' | 'failed'): DeployEvent => ({
    ...{ kind: 'step', step: stepId(n), state: to, at: n, note: '' },
  });
  const words = (outcome: Run['outcome'], ...events: DeployEvent[]): string =>
    outcomeWords({ ...events.reduce(after, startRun(plan.steps, 0)), outcome }).text;
  const first = [state(1, 'running'), state(1, 'done')];
  expect(words('failed', ...first, state(2, 'running'), state(2, 'failed'))).toBe(
    'Step 2 of 2 failed on idm-b; those after it were not run.',
  );
  expect(words('cancelled', ...first)).toBe('1 of 2 steps was done and stays done; the rest was not run.');
  expect(words('cancelled')).toBe('No step was done.');
});
