import { describe, expect, it } from 'vitest';
import { fileFor, isOurs } from './protocol';

const FOLDER = '/opt/kanilink/out/renderer';

describe('the window’s own addresses', () => {
  it('stand for files of the renderer', () => {
    expect(fileFor(FOLDER, 'app://kanilink/')).toBe(`${FOLDER}/index.html`);
    expect(fileFor(FOLDER, 'app://kanilink/assets/main.js?v=1#top')).toBe(`${FOLDER}/assets/main.js`);
  });

  it.each([
    'app://kanilink/../main/main.cjs',
    'app://kanilink/%2e%2e/main/main.cjs',
    'app://kanilink/%2e%2e%2fmain%2fmain.cjs',
    'app://kanilink/assets/..%2f..%2f..%2fpackage.json',
    'app://kanilink/..%5c..%5cpackage.json',
    'app://kanilink/%00',
    'app://kanilink/%',
    'app://elsewhere/index.html',
    'file:///etc/passwd',
    'not an address',
  ])('never lead out of its folder: %s', (url) => {
    const file = fileFor(FOLDER, url);
    expect(file === null || file.startsWith(`${FOLDER}/`)).toBe(true);
  });

  it('tell our window from any other page', () => {
    expect(isOurs('app://kanilink/index.html')).toBe(true);
    expect(isOurs('app://kanilink.example/index.html')).toBe(false);
    expect(isOurs('https://kanilink/')).toBe(false);
    expect(isOurs('')).toBe(false);
  });
});
