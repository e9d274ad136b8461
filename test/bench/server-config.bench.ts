import iarna from '@iarna/toml';
import { expect, it } from 'vitest';
import { type Origin, trusted } from '../../shared/base/names';
import { editServerConfig } from '../../shared/server-config/edit-server-config';
import { readServerConfig } from '../../shared/server-config/read-server-config';
import type { ConfigChange } from '../../shared/server-config/server-config';
import { certificateOfTest } from '../support/fleet-fixtures';
import { compare } from './support/compare';

/*
 * Editing a server.toml of 1 MB with 1,000 partner tables against parsing it three times: with the parser that checks
 * the edit, whose texts are read once as any user of them would, and as Kanilink reads a file. An edit is itself one
 * reading by each of the two, and the comparison of every value.
 */
const partners = 1000;
const origin = (at: number): Origin => trusted<Origin>(`repl://idm-${at}.example.com:8444`);
const table = (at: number): string =>
  [
    '',
    `# ${'Partner, as it was agreed with its owner. '.repeat(6)}`,
    `[replication."${origin(at)}"]`,
    'type = "mutual-pull"',
    `partner_cert = "${certificateOfTest(`idm-${at}`)}"`,
    'automatic_refresh = false',
    '',
  ].join('\n');
const text = `domain = "idm.example.com"\norigin = "https://idm.example.com"\n\n[replication]\norigin = "repl://idm.example.com:8444"\nbindaddress = "0.0.0.0:8444"\n${Array.from({ length: partners }, (_, index) => table(index)).join('')}`;
const bytes = new TextEncoder().encode(text);

const changes: readonly ConfigChange[] = [
  { kind: 'set-bindaddress', bindaddress: '[::]:8444' },
  { kind: 'remove-partner', origin: origin(10) },
  {
    kind: 'set-partner',
    partner: {
      origin: origin(500),
      type: 'pull',
      certificate: certificateOfTest('new'),
      automaticRefresh: true,
    },
  },
  {
    kind: 'set-partner',
    partner: {
      origin: origin(partners),
      type: 'allow-pull',
      certificate: certificateOfTest('new'),
      automaticRefresh: false,
    },
  },
];

function edit(): void {
  const edited = editServerConfig(bytes, changes, {});
  if (!edited.ok || edited.value === bytes) throw new Error('the edit was not made');
}

function threeTimes(parse: () => boolean): void {
  for (let time = 0; time < 3; time += 1) if (!parse()) throw new Error('the file was not read');
}

it('an edit of a server.toml of 1 MB with 1,000 partners against three parses', async () => {
  expect(bytes.length).toBeGreaterThan(1_000_000);
  const checker = await compare('edit / three parses by @iarna/toml', {
    ours: edit,
    theirs: () => threeTimes(() => JSON.stringify(iarna.parse(text)).length > 600_000),
    runs: 15,
  });
  const reader = await compare('edit / three readings by Kanilink', {
    ours: edit,
    theirs: () => threeTimes(() => readServerConfig(bytes, {}).ok),
    runs: 15,
  });
  expect(checker.ratio.median).toBeGreaterThan(0);
  expect(reader.ratio.median).toBeGreaterThan(0);
});
