import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { asks, streams, type FromWindow } from '../../shared/ipc';
import { ChosenPaths, PATH_FIELDS, underExtension } from './chosen-paths';

const ask = (name: 'fleet.load' | 'fleet.save' | 'fleet.plan', question: unknown): FromWindow => ({
  ...{ kind: 'ask', id: '1', name, question },
});

describe('the files a page may name', () => {
  it('are those that were chosen, however they are written', () => {
    const paths = new ChosenPaths();
    paths.add('/home/ada/lab/fleet.toml');
    expect(paths.refusal(ask('fleet.load', { path: '/home/ada/lab/../lab/fleet.toml' }))).toBeNull();
    for (const path of ['/home/ada/.ssh/id_ed25519', '/home/ada/lab/fleet.toml/../other.toml', ''])
      expect(paths.refusal(ask('fleet.load', { path }))).toMatchObject({ code: 'file-not-chosen' });
    expect(paths.refusal(ask('fleet.plan', { fleet: { path: '/etc/x', text: '' } }))).not.toBeNull();
    expect(paths.refusal(ask('fleet.plan', { fleet: { path: null, text: '' } }))).toBeNull();
  });

  it('are written only under .toml, whatever was opened', () => {
    const paths = new ChosenPaths();
    for (const path of ['/home/ada/.bashrc', '/home/ada/fleet.TOML']) paths.add(path);
    expect(paths.refusal(ask('fleet.load', { path: '/home/ada/.bashrc' }))).toBeNull();
    expect(paths.refusal(ask('fleet.save', { path: '/home/ada/.bashrc' }))).toMatchObject({
      code: 'not-a-fleet-file',
    });
    expect(paths.refusal(ask('fleet.save', { path: '/home/ada/fleet.TOML' }))).toBeNull();
    expect(paths.refusal(ask('fleet.save', {}))).toMatchObject({ code: 'not-a-fleet-file' });
  });

  it('end as what is written into them, whatever a page suggests', () => {
    expect(underExtension('/home/ada/.bashrc', '.md')).toBe('/home/ada/.bashrc.md');
    expect(underExtension('/home/ada/plan.md', '.md')).toBe('/home/ada/plan.md');
    expect(underExtension('/home/ada/Lab.SVG', '.svg')).toBe('/home/ada/Lab.SVG');
    expect(underExtension('/home/ada/x.desktop', '.png')).toBe('/home/ada/x.desktop.png');
  });

  it('are bounded in number', () => {
    const paths = new ChosenPaths();
    for (let n = 0; n < 1500; n += 1) paths.add(`/fleets/${n}.toml`);
    expect([paths.has('/fleets/0.toml'), paths.has('/fleets/1499.toml')]).toEqual([false, true]);
  });

  /**
   * Fields of the contract that name files of this computer under other names. The engine reads them as keys and
   * certificates, or the app as a suggestion for its dialog, and none comes back to the page.
   */
  const known = ['identity', 'knownHosts', 'certificates', 'suggested'];
  /** Paths on a server, and the name of a file in a journal. */
  const elsewhere = ['config', 'file'];

  it('are found in every question of the contract: a new field for a path must be judged', () => {
    const fields = new Set(
      [...Object.values(asks), ...Object.values(streams)].flatMap((one) => fieldsOf(one.question)),
    );
    const telling = [...fields].filter((name) =>
      /path|file|folder|from|identity|hosts|certificates|suggested|config/i.test(name),
    );
    expect(
      telling.filter((name) => ![...PATH_FIELDS, ...known, ...elsewhere].some((one) => one === name)),
    ).toEqual([]);
    expect(telling).toEqual(expect.arrayContaining([...PATH_FIELDS]));
  });
});

/** The names of all fields of a schema, nested ones too. */
function fieldsOf(schema: z.ZodType): readonly string[] {
  const names: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'properties' && typeof value === 'object' && value !== null)
        names.push(...Object.keys(value));
      visit(value);
    }
  };
  visit(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }));
  return names;
}
