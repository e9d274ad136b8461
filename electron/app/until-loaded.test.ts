import { describe, expect, it } from 'vitest';
import type { ToWindow } from '../../shared/ipc';
import { UntilLoaded } from './until-loaded';

const command: ToWindow = { kind: 'command', command: 'new' };
const path: ToWindow = { kind: 'open-path', path: '/home/ada/home.toml' };
const answer: ToWindow = { kind: 'answer', id: 'w1', answer: {} };

function page(): { readonly heard: ToWindow[]; readonly to: UntilLoaded } {
  const heard: ToWindow[] = [];
  return { heard, to: new UntilLoaded((message) => heard.push(message)) };
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
