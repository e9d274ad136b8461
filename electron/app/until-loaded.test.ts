import { describe, expect, it } from 'vitest';
import type { ToWindow } from '../../shared/ipc';
import { UntilLoaded } from './until-loaded';

const command: ToWindow = { kind: 'command', command: 'new' };
const path: ToWindow = { kind: 'open-path', path: '/home/ada/home.toml' };
const answer: ToWindow = { kind: 'answer', id: 'w1', answer: {} };

const engine = (state: 'restarting' | 'running'): ToWindow => ({ kind: 'engine', state, inMs: null });

function page(now: () => ToWindow | null = () => null): {
  readonly heard: ToWindow[];
  readonly to: UntilLoaded;
} {
  const heard: ToWindow[] = [];
  return { heard, to: new UntilLoaded((message) => heard.push(message), now) };
}

describe('what comes while the page loads', () => {
  it('is held and comes in order once it has loaded', () => {
    const { heard, to } = page();
    to.send(command);
    to.send(path);
    expect(heard).toEqual([]);
    to.loaded();
    expect(heard).toEqual([command, path]);
    to.send(command);
    expect(heard).toEqual([command, path, command]);
  });

  it('is held again while another page takes its place', () => {
    const { heard, to } = page();
    to.loaded();
    to.loading();
    to.send(command);
    expect(heard).toEqual([]);
    to.loaded();
    expect(heard).toEqual([command]);
  });

  it('is told how the engine is now, whatever it missed: once, and before all else', () => {
    let now: ToWindow | null = null;
    const { heard, to } = page(() => now);
    to.loaded();
    expect(heard).toEqual([]);
    now = engine('restarting');
    to.send(now);
    to.loading();
    to.send(command);
    to.loaded();
    // The page before heard it, the one that is there now did not.
    expect(heard).toEqual([now, now, command]);
    to.loading();
    now = engine('running');
    to.send(engine('restarting'));
    to.send(now);
    to.loaded();
    expect(heard.slice(3)).toEqual([now]);
  });

  it('passes when the page has asked for it', () => {
    const { heard, to } = page();
    to.send(answer);
    expect(heard).toEqual([answer]);
  });

  it('is not held without end: the oldest go first', () => {
    const { heard, to } = page();
    to.send(path);
    for (let n = 0; n < 50; n += 1) to.send(command);
    to.loaded();
    expect(heard).toHaveLength(20);
    expect(heard).not.toContain(path);
  });
});
