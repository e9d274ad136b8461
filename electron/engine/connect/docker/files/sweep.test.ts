import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { ownMark, type Life } from '../../../storage/process-mark';
import { isLeftBehind, lifeOfRun, thisRun } from './sweep';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const HOUR = 3_600;
const container = (hours: number, more: { State?: string; label?: string } = {}) => ({
  Created: NOW / 1000 - hours * HOUR,
  State: more.State ?? 'created',
  Labels: { 'org.kanilink.temporary': more.label ?? 'true' },
});

it.each<[string, ReturnType<typeof container>, Life, boolean]>([
  ['of a run that is gone, two hours old', container(2), 'dead', true],
  ['that ended by itself', container(2, { State: 'exited' }), 'dead', true],
  ['of a run that is gone, half an hour old', container(0.5), 'dead', false],
  ['of a run that goes on', container(2), 'alive', false],
  ['of a run that cannot be asked, two hours old', container(2), 'unknown', false],
  ['of a run that cannot be asked, two days old', container(48), 'unknown', true],
  ['that runs', container(48, { State: 'running' }), 'dead', false],
  ['that is not ours', container(48, { label: 'false' }), 'dead', false],
  ['made in the future', container(-48), 'dead', false],
])('a container %s', (_, seen, life, expected) => {
  expect(isLeftBehind(seen, NOW, life)).toBe(expected);
});

const lifeOfLabel = (run: string | null) =>
  lifeOfRun({ Labels: run === null ? {} : { 'org.kanilink.temporary.run': run } });

it('whose run is this one lives, whatever this computer is called', async () => {
  expect(await lifeOfLabel(await thisRun())).toBe('alive');
});

it.runIf(process.platform === 'linux')(
  'whose run’s number is another process by now is of a dead one',
  async () => {
    const mark = await ownMark(null);
    expect(await lifeOfLabel(JSON.stringify({ ...mark, started: '1' }))).toBe('dead');
    const child = spawn('true');
    await once(child, 'exit');
    expect(await lifeOfLabel(JSON.stringify({ ...mark, pid: child.pid }))).toBe('dead');
  },
);

it('whose run is elsewhere, of an earlier version or not said is of nobody who can be asked', async () => {
  const mark = await ownMark(null);
  const elsewhere = JSON.stringify({ ...mark, boot: 'b', machine: 'm' });
  for (const run of [elsewhere, 'host/1', '{}', 'null', '[', null])
    expect(await lifeOfLabel(run), run ?? 'none').toBe('unknown');
});
