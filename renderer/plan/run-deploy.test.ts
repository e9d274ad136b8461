import { expect, it } from 'vitest';
import { type DomainUuid, trusted } from '../../shared/base/names';
import { ok } from '../../shared/base/result';
import { FleetDocument } from '../document/document.svelte';
import { takeRewritten } from './run-deploy';
import '../dev/all-loaded';

const domain = trusted<DomainUuid>('aaaaaaaa-0000-4000-8000-000000000000');
const server = (id: string): string =>
  `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://admin@${id}.example.com"\n\n`;
const link = '[[link]]\nsupplier = "idm-a"\nconsumer = "idm-b"\n';
const before = `version = 1\nname = "Test"\n\n${server('idm-a')}${server('idm-b')}${link}`;
const text = before.replace('version = 1\n', `version = 1\ndomain_uuid = "${domain}"\n`);
const file = { kind: 'fleet-file', path: '/f.toml', text, domain, at: 0 } as const;

it('the window takes over the domain that the engine wrote, as saved', () => {
  const document = new FleetDocument();
  document.take('/f.toml', before, before);
  takeRewritten(document, file);
  expect(document).toMatchObject({ text, savedText: text, saved: true });
});

it('what was edited meanwhile stays, with the domain in it, and is still to be saved', () => {
  const document = new FleetDocument();
  document.take('/f.toml', before, before);
  document.edit('name', (now) => ok(now.replace('"Test"', '"Mine"')));
  takeRewritten(document, file);
  expect(document).toMatchObject({ savedText: text, saved: false });
  expect(document.text).toContain('"Mine"');
  expect(document.text).toContain(domain);
});

it('another file that was opened meanwhile is not touched', () => {
  const document = new FleetDocument();
  document.take('/other.toml', before, before);
  takeRewritten(document, file);
  expect(document).toMatchObject({ text: before, savedText: before });
});
