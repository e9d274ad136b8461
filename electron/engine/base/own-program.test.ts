import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROGRAM_SWITCH, startOf, startOfPractice, WITHOUT_A_WINDOW } from './own-program';

const node = { execPath: '/bin/node', versions: { ...process.versions } };
const packaged = {
  execPath: '/opt/Kanilink/kanilink',
  versions: { ...process.versions, electron: '45.5.0' },
};
const bare = { ...packaged, execPath: '/electron', defaultApp: true };

describe('how a program of ours is started', () => {
  it('by a Node as a file', () => {
    expect(startOf('cli', '/here/out/main', node)).toEqual(['/bin/node', '/here/out/main/cli.cjs']);
    expect(startOfPractice('/here/out/main', node)).toEqual([
      '/bin/node',
      '/here/out/main/practice-host.cjs',
    ]);
  });

  it('by the app by its name, before its own words', () => {
    expect(startOf('cli', '/opt/Kanilink/resources/app.asar/out/main', packaged)).toEqual([
      ...['/opt/Kanilink/kanilink', ...WITHOUT_A_WINDOW, `${PROGRAM_SWITCH}cli`, '--'],
    ]);
    expect(startOf('cli', '/here/out/main', bare)).toEqual([
      ...['/electron', ...WITHOUT_A_WINDOW, '/here', `${PROGRAM_SWITCH}cli`, '--'],
    ]);
  });

  it('by the practice host as it was told', () => {
    const words = startOfPractice('/here/out/main', packaged);
    expect(words).toContain(`${PROGRAM_SWITCH}practice-host`);
    expect(words.slice(-2)).toEqual([`--kanidmd=${PROGRAM_SWITCH}practice-kanidmd`, '--kanidmd=--']);
  });

  it.each(['kanilink.linux.sh', 'kanilink.mac.sh', 'kanilink.cmd'])('by %s in the same way', (script) => {
    const text = readFileSync(new URL(`../../../build/package/${script}`, import.meta.url), 'utf8');
    expect(text).toContain(`${[...WITHOUT_A_WINDOW, `${PROGRAM_SWITCH}cli`, '--'].join(' ')} `);
  });
});
