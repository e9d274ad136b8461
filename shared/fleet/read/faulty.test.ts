import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFleet } from './read-fleet';

const server = (id: string, more = `endpoint = "ssh://${id}"`): string =>
  `[[server]]\nid = "${id}"\nconnect = "ssh"\n${more}\n`;
const link = (supplier: string, consumer: string): string =>
  `[[link]]\nsupplier = "${supplier}"\nconsumer = "${consumer}"\n`;
const file = (...parts: string[]): string => ['version = 1\nname = "Lab"\n', ...parts].join('\n');

function told(text: string) {
  const { fleet, shown, problems } = readFleet(text, 'lab.toml');
  return {
    fleet,
    servers: shown?.servers.map(({ id }) => String(id)),
    links: shown?.links.map(({ supplier, consumer }) => `${supplier} → ${consumer}`),
    faults: problems.map(({ code, where }) => `${where.line ?? '?'}:${where.column ?? '?'} ${code}`),
  };
}

describe('a fleet file with faults', () => {
  it('is shown as far as it can be read, with every fault by line and column', () => {
    const text = file(
      server('idm-a', ''),
      server('idm-b', 'endpoint = "ssh://b"\nsudoo = true'),
      link('idm-a', 'idm-x'),
      link('idm-a', 'idm-b'),
    );
    expect(told(text)).toEqual({
      fleet: null,
      servers: ['idm-a', 'idm-b'],
      links: ['idm-a → idm-x', 'idm-a → idm-b'],
      faults: ['4:1 fleet-missing-field', '13:1 fleet-unknown-key', '17:1 fleet-link-unknown-server'],
    });
  });

  it('shows a field with a fault as it is written, and one that is missing as empty', () => {
    const { shown } = readFleet(
      file(
        server('idm-a', 'origin = "https://a"\nservice = "own"'),
        server('idm-b', 'endpoint = "telnet://b"\nposition = 7'),
      ),
      null,
    );
    expect(shown?.servers).toMatchObject([
      { id: 'idm-a', endpoint: '', origin: 'https://a', service: 'own' },
      { id: 'idm-b', endpoint: 'telnet://b', position: null },
    ]);
  });

  it('shows one of two servers with one id, and none whose id cannot stand for it', () => {
    const twice = file(server('idm-a'), server('idm-a', 'endpoint = "ssh://other"'));
    expect(told(twice).servers).toEqual(['idm-a']);
    expect(told(file(server('IDM A'), server('IDM-B'))).servers).toEqual(['IDM-B']);
  });

  it('that is no TOML: every line that is not, and what the others say', () => {
    const text = file(
      server('idm-a', 'endpoint = ssh://a'),
      '<<<<<<< HEAD\n',
      server('idm-b'),
      '[[server]\nid = "idm-c"\nconnect = "ssh"\nendpoint = "ssh://c"\n',
      server('idm-d', 'endpoint = "ssh://d"\nbindadress = "0.0.0.0:8444"'),
      link('idm-a', 'idm-c'),
      link('idm-b', 'idm-x'),
    );
    expect(told(text)).toEqual({
      fleet: null,
      servers: ['idm-a', 'idm-b', 'idm-d'],
      links: ['idm-a → idm-c', 'idm-b → idm-x'],
      faults: [
        expect.stringMatching(/^7:\d+ fleet-syntax$/),
        expect.stringMatching(/^9:\d+ fleet-syntax$/),
        expect.stringMatching(/^16:\d+ fleet-syntax$/),
        '25:1 fleet-unknown-key',
        '33:1 fleet-link-unknown-server',
      ],
    });
  });

  it('that is no TOML still lists what other tables lack', () => {
    const text = file(server('idm-a', ''), server('idm-b', 'endpoint = ssh://b'), link('idm-a', 'idm-x'));
    expect(told(text).faults).toEqual([
      '4:1 fleet-missing-field',
      expect.stringMatching(/^12:\d+ fleet-syntax$/),
      '16:1 fleet-link-unknown-server',
    ]);
  });

  it('is never taken for a fleet, and reading it ends, whatever is cut out of it or put in', () => {
    const good = file(server('idm-a'), server('idm-b'), link('idm-a', 'idm-b'));
    const odd = fc.constantFrom('"""', '[[', ']', '= ', '<<<<<<<', '\0', '#', '\n\n', '{', `'''`, '[server]');
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(12), odd, (at, length, put) => {
        const text = good.slice(0, at) + put + good.slice(at + length);
        const { fleet, shown, problems } = readFleet(text, null);
        expect(problems.some(({ severity }) => severity === 'error') || fleet !== null).toBe(true);
        if (fleet !== null) expect(shown).toBe(fleet);
        expect(problems.length).toBeLessThan(40);
        const ids = shown?.servers.map(({ id }) => id) ?? [];
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: process.env['KANILINK_LONG'] === '1' ? 20_000 : 500 },
    );
  });
});
