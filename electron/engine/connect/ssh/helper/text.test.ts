import { expect, it } from 'vitest';
import { installCommand } from './install';
import { FORMAT, helperPath, type HelperParameters, parametersShape } from './parameters';
import { readOnlyLines } from './read-only';
import { helperText, parametersOf } from './text';

const parameters: HelperParameters = {
  ...{ format: FORMAT, unit: 'kanidmd.service', server: 'idm-b', kanidmd: '/usr/sbin/kanidmd' },
  ...{ config: '/etc/kanidm/server.toml', file: '/etc/kanidm/server.toml' },
  ...{
    database: '/var/lib/kanidm/kanidm.db',
    data: '/var/lib/private/kanidm',
    environment: ['/etc/default/kanidmd'],
    variables: [{ name: 'KANIDM_DOMAIN', value: 'example.com' }],
  },
  user: {
    dynamic: {
      ...{ User: 'kanidmd', Group: '', SupplementaryGroups: 'kanidm', StateDirectory: 'kanidm' },
      StateDirectoryMode: '0750',
    },
  },
};

it('says what it is made for, and what its rights mean, and is known again', () => {
  const text = helperText(parameters);
  expect(parametersOf(text)).toEqual(parameters);
  expect(text).toContain('treat the account as you treat root');
  expect(helperText(parameters)).toBe(text);
});

it('is another as soon as a letter of it is', () => {
  const text = helperText(parameters);
  for (const other of [
    text.replace('set -euf', 'set -uf'),
    `${text}rm -rf /\n`,
    text.replace('"format":1', '"format":2'),
    text.replace('"server":"idm-b"', '"server":"idm-c"'),
    text.slice(0, -1),
    '',
    '#: {',
    '#: null',
  ])
    expect(parametersOf(other)).toBeNull();
});

it('is made of nothing that a shell, sudoers or systemd could read as more than a word', () => {
  const odd = [
    '',
    ' ',
    'a b',
    "a'b",
    'a"b',
    '$(id)',
    '`id`',
    'a;b',
    'a\nb',
    'a*',
    '-x',
    '%n',
    'ü',
    '\\',
    '!',
    '~',
    '#',
    'a=b',
    'a:b',
    'a,b',
  ];
  for (const word of odd) {
    for (const key of ['unit', 'server', 'kanidmd', 'config', 'file', 'database', 'data'] as const) {
      const value = key === 'unit' || key === 'server' ? word : `/etc/${word}`;
      expect(parametersShape.safeParse({ ...parameters, [key]: value }).success, `${key} ${word}`).toBe(
        false,
      );
    }
    const asked = { ...parameters, environment: [`/etc/${word}`] };
    expect(parametersShape.safeParse(asked).success, word).toBe(false);
  }
  for (const path of ['relative', '/', '/etc/', '//etc', '/etc/../x', '/etc/./x'])
    expect(parametersShape.safeParse({ ...parameters, config: path }).success, path).toBe(false);
});

it('is installed by one command that checks it, and lines for looking hold no wildcard', () => {
  const text = helperText(parameters);
  const path = helperPath(parameters.unit);
  const command = installCommand({
    ...{ path, text, sha256: 'f'.repeat(64), unit: parameters.unit, user: 'ada' },
    sudoers: `ada ALL=(root) NOPASSWD: ${path}`,
  });
  expect(command).toContain(text);
  expect(command).toContain('sha256sum --check');
  const kanidm = { uid: 990, gid: 990, groups: [], name: 'kanidm' };
  const lines = readOnlyLines(
    'ada',
    { identity: kanidm, dynamic: null },
    '/usr/sbin/kanidmd',
    parameters.config,
  );
  expect(lines).toHaveLength(6);
  for (const line of lines) {
    expect(line).toMatch(/^ada ALL=\(kanidm\) NOPASSWD: \/usr\//);
    expect(line).not.toMatch(/[*?[\]!^$]/);
  }
  const made = { identity: kanidm, dynamic: 'dynamic' in parameters.user ? parameters.user.dynamic : null };
  expect(readOnlyLines('ada', made, '/usr/sbin/kanidmd', parameters.config)).toEqual([]);
});
