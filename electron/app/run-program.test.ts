import { expect, it, vi } from 'vitest';

vi.mock('electron', () => ({ app: {} }));
const { askedProgram } = await import('./run-program');

it('a start is for the window unless a program is named', () => {
  expect(askedProgram(['kanilink', '/home/ada/home.kanilink.toml'])).toBeNull();
  expect(askedProgram(['kanilink', '--', '--kanilink-program=cli'])).toBeNull();
});

it('what follows -- is the program’s own', () => {
  const argv = ['kanilink', '--no-sandbox', '--kanilink-program=cli', '--', 'status', '--', '--json'];
  expect(askedProgram(argv)).toEqual({ program: 'cli', words: ['status', '--', '--json'] });
});

it('a path is no program', () => {
  expect(askedProgram(['kanilink', '--kanilink-program=/tmp/other.cjs'])).toEqual({
    program: null,
    words: [],
  });
});
