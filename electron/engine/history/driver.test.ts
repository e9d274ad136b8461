import { expect, it } from 'vitest';
import { os, cpu } from '@photostructure/sqlite/package.json';
import { withoutDriver } from './driver';

const node = { versions: process.versions, platform: 'linux', arch: 'x64' } as const;
const app = { ...node, versions: { ...process.versions, electron: '45.0.0' } };
const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
const unloaded = new Error('GLIBC_2.34 not found');

it('says what brings SQLite to an installation that lacks it', () => {
  expect(withoutDriver(missing, node)).toMatchObject({
    message: 'No history is kept: SQLite did not come with this installation.',
    fix: expect.stringContaining('where npm’s registry answers, without --omit=optional'),
    detail: missing.message,
  });
  expect(withoutDriver(missing, app).fix).not.toContain('npm');
});

it('sends nobody to install again what does not run on this machine, or what npm leaves out on it', () => {
  const elsewhere = [
    { ...node, platform: 'freebsd' },
    { ...node, arch: 'riscv64' },
  ] as const;
  const faults = [
    ...[node, app].map((runtime) => withoutDriver(unloaded, runtime)),
    ...elsewhere.map((runtime) => withoutDriver(missing, runtime)),
  ];
  for (const fault of faults) {
    expect(fault.message).toContain('no SQLite that runs on this machine');
    expect(fault.fix).not.toMatch(/install/i);
  }
});

it('knows every machine for which the package is built', () => {
  for (const platform of os as NodeJS.Platform[])
    for (const arch of cpu as NodeJS.Architecture[])
      expect(withoutDriver(missing, { ...node, platform, arch }).fix).toMatch(/^Install/);
});
