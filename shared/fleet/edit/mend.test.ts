import { describe, expect, it } from 'vitest';
import { readFleet } from '../read/read-fleet';
import { mendsOf, serverOfFault } from './mend';

const base = `version = 1
name = "Lab"

[[server]]
id = "idm-a"
connect = "ssh"
endpoint = "ssh://a"

[[server]]
id = "idm-b"
connect = "ssh"
endpoint = "ssh://b"
`;
const link = (supplier: string, consumer: string, more = ''): string =>
  `\n[[link]]\nsupplier = "${supplier}"\nconsumer = "${consumer}"\n${more}`;

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ['a link to nobody', base + link('idm-a', 'idm-x'), ['Use idm-b', 'Remove the link']],
  ['a link from nobody', base + link('idm-x', 'idm-a'), ['Use idm-b', 'Remove the link']],
  ['a link without an end', `${base}\n[[link]]\nsupplier = "idm-a"\n`, ['Remove the link']],
  ['a link to itself', base + link('idm-a', 'idm-a'), ['Remove the link']],
  ['a second link', base + link('idm-a', 'idm-b') + link('idm-b', 'idm-a'), ['Remove the link']],
  [
    'a key that means nothing',
    base.replace('endpoint = "ssh://b"', 'endpoint = "ssh://b"\nsudoo = true'),
    ['Remove sudoo'],
  ],
  [
    'a source that supplies nothing',
    base.replace('endpoint = "ssh://b"', 'endpoint = "ssh://b"\nrefresh_from = "idm-a"'),
    ['Remove refresh_from'],
  ],
  [
    'an entry of what was taken out',
    `${base.replace('"ssh://b"', '"ssh://b"\norigin = "repl://b.x:8444"')}\n[[removed]]\norigin = "repl://b.x:8444"\n`,
    ['Remove the entry'],
  ],
  ['no uuid', base.replace('[[server]]', 'domain_uuid = "x"\n\n[[server]]'), ['Remove domain_uuid']],
];

describe('a fault that nobody has to type for', () => {
  it.each(cases)('is mended by each way that is offered: %s', (_, text, labels) => {
    const errors = (of: string) =>
      readFleet(of, null).problems.filter(({ severity }) => severity === 'error');
    const [problem] = errors(text);
    if (problem === undefined) throw new Error('there is no fault');
    const mends = mendsOf(text, problem);
    expect(mends.map(({ label }) => label)).toEqual(labels);
    for (const mend of mends) {
      const mended = mend.apply(text);
      expect(mended.ok && errors(mended.value)).toEqual([]);
    }
  });
});

it('a server’s fault leads to its form, unless its id is the fault', () => {
  const of = (text: string) => {
    const [problem] = readFleet(text, null).problems;
    return problem && serverOfFault(text, problem);
  };
  expect(of(base.replace('endpoint = "ssh://b"\n', ''))).toBe('idm-b');
  expect(of(base.replace('"ssh://a"', '"telnet://a"'))).toBe('idm-a');
  expect(of(base.replace('id = "idm-b"\n', ''))).toBeNull();
  expect(of(base.replace('"idm-b"', '"idm-a"'))).toBeNull();
  expect(of('version = 1\nname =\n')).toBeNull();
});
