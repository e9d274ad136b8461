import { expect, it } from 'vitest';
import { ok } from '../../../../../shared/base/result';
import { unitNames } from './unit-names';

const named = async (unit: string, stdout: string) => {
  const machine = { unit, run: async () => ok({ exitCode: 0, stdout, stderr: '', cut: false }) };
  const names = await unitNames(machine, new AbortController().signal);
  return names.ok ? names.value : [];
};

it('a unit has the same names, in the same order, by whichever it is asked for', async () => {
  const shown = 'Id=kanidmd.service\nNames=sso.service kanidmd.service idm.service\n';
  const all = ['kanidmd.service', 'idm.service', 'sso.service'];
  for (const unit of all) expect(await named(unit, shown)).toEqual(all);
});

it('its own name is one of them, whatever is said', async () => {
  expect(await named('kanidmd.service', '')).toEqual(['kanidmd.service']);
  expect(await named('kanidmd.service', 'Id=../../etc/x\nNames=../y -rf *.service\n')).toEqual([
    'kanidmd.service',
  ]);
  const flood = Array.from({ length: 1000 }, (_, index) => `a${index}.service`).join(' ');
  const many = await named('kanidmd.service', `Id=z.service\nNames=${flood}\n`);
  expect(many.length).toBeLessThan(20);
  expect(many).toContain('kanidmd.service');
  expect(many[0]).toBe('z.service');
});
