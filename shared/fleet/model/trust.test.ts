import { expect, it } from 'vitest';
import { fieldNames, kindNames } from '../../connect/kinds';
import { readFleet } from '../read/read-fleet';
import { trustWords, usesOf, useKey } from './trust';

function question(text: string, changed = false) {
  const { fleet } = readFleet(`version = 1\nname = "Lab"\n${text}`, 'fleet.toml');
  if (fleet === null) throw new Error('not a fleet');
  return {
    path: '/home/ada/fleet.toml',
    changed,
    unsaved: false,
    servers: usesOf(fleet, (path) => `/abs/${path}`),
    contents: [],
  };
}

const ssh = (id: string, more = ''): string =>
  `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://ada@${id}:22"\n${more}\n`;

it('names hosts, users, keys, known_hosts, sockets, certificates and programs', () => {
  const docker = `[[server]]\nid = "idm-b"\nconnect = "docker"\nendpoint = "tcp://10.0.0.2:2376"\ncontainer = "kanidm"\ncertificates = "tls"\n`;
  const more =
    'identity = "key"\nknown_hosts = "hosts"\nsudo = true\nkanidmd = "/opt/k"\nservice = "idm"\nconfig = "/etc/k.toml"';
  const { title, lines } = trustWords(question(ssh('idm-a', more) + docker));
  expect(title).toBe('Trust this fleet file?');
  expect(lines.join('\n')).toBe(`/home/ada/fleet.toml was not made by Kanilink on this computer.

It would connect to
    idm-a: SSH ada@idm-a:22
    idm-b: Docker tcp://10.0.0.2:2376, container kanidm
With your SSH agent and the keys in ~/.ssh
With the key files
    /abs/key
Accepting the host keys in
    /abs/hosts
With the TLS certificates in
    /abs/tls
Running there
    sudo /opt/k, unit idm
Working on the files
    /etc/k.toml

Trust it only if you know who wrote it. Nothing is read or dialled until then.`);
});

it('fits on a screen however many servers there are, and says how many it leaves out', () => {
  const many = Array.from({ length: 200 }, (_, n) => ssh(`idm-${n}`, `identity = "key-${n}"`)).join('\n');
  const { lines } = trustWords(question(many, true));
  expect(lines.length).toBeLessThan(40);
  expect(lines.join('\n')).toContain('and 188 more servers');
  expect(lines[0]).toContain('is not as it was when you trusted it');
});

it('shows no character that hides, reorders or adds lines', () => {
  // No fleet file that is read holds such a word; the question must not depend on that.
  const kanidmd = '/bin/\u202Ekanidmd\nTrusted by ada\u001B[2K\u200B';
  const asked = question(ssh('idm-a', ''));
  const servers = asked.servers.map((it) => ({ ...it, use: { ...it.use, kanidmd } }));
  const { lines } = trustWords({ ...asked, servers });
  expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(lines).toContain('    /bin/\uFFFDkanidmd Trusted by ada\uFFFD[2K\uFFFD, unit kanidmd');
});

it('what differs in anything that is used has another key', () => {
  const keys = [
    '',
    'sudo = true',
    'identity = "k"',
    'known_hosts = "k"',
    'kanidmd = "k"',
    'service = "k"',
    'config = "k"',
  ]
    .flatMap((more) => question(ssh('idm-a', more)).servers)
    .map(({ use }) => useKey(use));
  expect(new Set(keys).size).toBe(keys.length);
});

it('all that a kind has of its own is trusted, whatever kinds there will be', () => {
  const { servers } = question(ssh('idm-a'));
  const all = kindNames.flatMap(fieldNames).sort();
  const common = ['connect', 'endpoint', 'config'];
  expect(
    Object.keys(servers[0]?.use ?? {})
      .filter((name) => !common.includes(name))
      .sort(),
  ).toEqual(all);
});

it('says which files hold something else than what was trusted, and what that means', () => {
  const { path } = question(ssh('idm-a'));
  const { title, lines } = trustWords({
    path,
    changed: true,
    unsaved: true,
    servers: [],
    contents: ['/lab/known_hosts'],
  });
  expect(title).toBe('Trust the changed files of this fleet?');
  expect(lines.join('\n')).toBe(`What /home/ada/fleet.toml believes is not as it was when you trusted it.

Changed since you trusted it: the host keys or the authority in
    /lab/known_hosts
Who answers with one of these is believed without a question.

Trust it only if you know who wrote it. Nothing is dialled until then.`);
  const both = trustWords({ ...question(ssh('idm-a'), true), contents: ['/lab/known_hosts'] });
  expect(both.title).toBe('Trust the changed fleet file?');
  expect(both.lines).toEqual(expect.arrayContaining(['    idm-a: SSH ada@idm-a:22', '    /lab/known_hosts']));
});
