import { describe, expect, it } from 'vitest';
import {
  certificateOfTest,
  domainOfTest,
  fleetOfTest,
  observedOfTest,
  type SeenServer,
} from '../../../test/support/fleet-fixtures';
import { type Origin, type ServerId, trusted } from '../../base/names';
import type { Fleet } from '../../fleet/model/fleet';
import type { ObservedServer } from '../../observed/observed';
import { readServerConfig } from '../../server-config/read-server-config';
import type { PlannedChange } from '../steps/configure';
import { makePlan, type PlanWishes } from './make-plan';

/* What a plan writes into each file: the difference to what is drawn, and nothing else. */

const a: SeenServer = { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] };
const b: SeenServer = { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] };
const c: SeenServer = { id: 'idm-c', domain: 'a', tables: [] };
const LINK = ['idm-a > idm-b'];
const [B, C] = [trusted<ServerId>('idm-b'), trusted<ServerId>('idm-c')];
const BEYOND = trusted<Origin>('repl://idm-x.example.com:8444');

const told = (change: PlannedChange): string => {
  switch (change.kind) {
    case 'pin-partner':
      return `pin ${change.of} ${change.partner.type}${change.partner.automaticRefresh ? ' automatic' : ''}`;
    case 'set-partner':
      return `set ${change.partner.origin} ${String(change.partner.automaticRefresh)}`;
    case 'remove-partner':
      return `remove ${change.origin}`;
    case 'set-origin':
      return `origin ${change.origin}`;
    case 'set-bindaddress':
      return `bind ${change.bindaddress}`;
    default:
      return change.kind;
  }
};
type Seen = SeenServer | ObservedServer;
const planned = (
  links: readonly string[],
  seen: readonly Seen[],
  more: Partial<Fleet> = {},
  wishes: PlanWishes = {},
) =>
  makePlan(
    fleetOfTest(['idm-a', 'idm-b', 'idm-c'], links, more),
    seen.map((it) => ('config' in it ? it : observedOfTest(it))),
    wishes,
  );
const writes = (server: string, ...args: Parameters<typeof planned>) =>
  planned(...args).steps.flatMap((step) =>
    step.action === 'configure' && step.server === server ? [step] : [],
  );
const changes = (...args: Parameters<typeof writes>): readonly string[] =>
  writes(...args).flatMap((step) => step.changes.map(told));
/** A server with another file. */
const edited = (it: SeenServer, change: (text: string) => string): ObservedServer => {
  const seen = observedOfTest(it);
  const text = change(seen.file?.text ?? '');
  const config = readServerConfig(new TextEncoder().encode(text), {});
  if (!config.ok) throw new Error(config.error.message);
  return { ...seen, file: seen.file && { ...seen.file, text }, config: config.value };
};

describe('a partner’s table', () => {
  it('is left alone where it is as drawn', () => {
    for (const server of ['idm-a', 'idm-b']) expect(changes(server, LINK, [a, b])).toEqual([]);
  });

  it.each([
    ['is written where it is missing', ['idm-a > idm-b', 'idm-a > idm-c'], ['pin idm-c mutual-pull']],
    ['gets the direction that is drawn', ['idm-a ~> idm-b'], ['pin idm-b allow-pull']],
    ['goes where no link is drawn', [], ['remove repl://idm-b.example.com:8444']],
  ])('%s', (_what, links, expected) => expect(changes('idm-a', links, [a, b, c])).toEqual(expected));

  it('gets the automatic refresh that is drawn', () => {
    const [supplier, consumer] = [
      { ...a, tables: ['idm-b allow-pull'] },
      { ...b, tables: ['idm-a pull'] },
    ];
    const drawn = ['idm-a ~> idm-b automatic'];
    expect(changes('idm-b', drawn, [supplier, consumer])).toEqual(['pin idm-a pull automatic']);
    expect(changes('idm-a', drawn, [supplier, consumer])).toEqual([]);
  });

  it('is pinned again where it pins another certificate', () => {
    const old = edited(b, (text) => text.replace(certificateOfTest('idm-a'), certificateOfTest('idm-a', 3)));
    expect(changes('idm-b', LINK, [a, old])).toEqual(['pin idm-a mutual-pull']);
    expect(writes('idm-b', LINK, [a, old])[0]?.summary).toContain('Re-pin the certificate of idm-a');
  });

  it('of a partner that is not in the fleet is touched only where it is listed as removed', () => {
    const beside = { ...a, tables: ['idm-b mutual-pull', 'idm-x mutual-pull'] };
    expect(changes('idm-a', LINK, [beside, b])).toEqual([]);
    expect(changes('idm-a', LINK, [beside, b], { removed: [BEYOND] })).toEqual([`remove ${BEYOND}`]);
  });

  it('of a server that takes no part stays as it is, and a new one is not written', () => {
    const gone: SeenServer = { ...c, state: 'stopped', tables: ['idm-a mutual-pull'] };
    const old = { ...a, tables: ['idm-b mutual-pull', 'idm-c pull'] };
    const links = [...LINK, 'idm-a > idm-c'];
    expect(changes('idm-a', links, [old, b, gone])).toEqual([]);
    expect(planned(links, [old, b, gone]).problems.map((it) => it.code)).not.toContain('certificate-unknown');
    expect(changes('idm-a', links, [a, b, gone])).toEqual([]);
    expect(planned(links, [a, b, gone]).problems).toContainEqual(
      expect.objectContaining({
        code: 'certificate-unknown',
        server: 'idm-a',
        message: expect.stringContaining('idm-c'),
      }),
    );
  });

  it('is not written between two domains while the primary is not seen', () => {
    const links = ['idm-a > idm-b', 'idm-a > idm-c', 'idm-b > idm-c'];
    const seen = [{ ...a, state: 'stopped' as const }, { ...b, domain: 'b' }, c];
    expect(changes('idm-c', links, seen)).not.toContain('pin idm-b mutual-pull');
    expect(planned(links, seen).problems.map((it) => it.code)).toContain('domain-unjudged');
    const remembered = planned(links, [seen[0] ?? a, b, c], { domainUuid: domainOfTest('a') });
    expect(remembered.problems.map((it) => it.code)).not.toContain('domain-unjudged');
  });
});

describe('before any other file', () => {
  const automatic = (...suppliers: readonly string[]): SeenServer => ({
    ...b,
    tables: suppliers.map((it) => `${it} pull automatic`),
  });
  const lets = [
    { ...a, tables: ['idm-b allow-pull'] },
    { ...c, tables: ['idm-b allow-pull'] },
  ];
  const DRAWN = ['idm-a ~> idm-b automatic'];

  it.each([
    ['another supplier than the one that is drawn', automatic('idm-c'), DRAWN],
    ['two suppliers', automatic('idm-a', 'idm-c'), DRAWN],
    ['no supplier that is drawn so', automatic('idm-a'), ['idm-a ~> idm-b']],
  ])('automatic_refresh is turned off where it has %s', (_what, consumer, links) => {
    const [first] = planned(links, [...lets, consumer]).steps;
    expect(first).toMatchObject({ action: 'configure', server: 'idm-b' });
    expect(first?.summary).toContain('Turn automatic_refresh off');
    const [off] = writes('idm-b', links, [...lets, consumer]);
    expect(off?.changes.map(told).every((it) => it.startsWith('set ') && it.endsWith(' false'))).toBe(true);
  });

  it('it stays where it has the one that is drawn so, whoever pulls from it', () => {
    const consumer = { ...b, tables: ['idm-a pull automatic', 'idm-c allow-pull'] };
    const seen = [lets[0] ?? a, consumer, { ...c, tables: ['idm-b pull'] }];
    const words = planned([...DRAWN, 'idm-b ~> idm-c'], seen).steps.map((it) => it.summary);
    expect(words.join()).not.toContain('automatic_refresh off');
  });

  it('several that are to be refreshed are cut off from each other, one alone is not', () => {
    const seen = [
      { ...a, tables: ['idm-b mutual-pull', 'idm-c mutual-pull'] },
      b,
      { ...c, tables: ['idm-a mutual-pull'] },
    ];
    const links = [...LINK, 'idm-a > idm-c'];
    const cut = (...refresh: readonly (typeof B)[]): readonly string[] =>
      planned(links, seen, {}, { refresh })
        .steps.slice(0, 2)
        .flatMap((it) => (it.summary.startsWith('Cut ') ? [it.server] : []));
    expect(cut(B, C)).toEqual(['idm-c', 'idm-b']);
    expect(cut(B)).toEqual([]);
  });
});

describe('its own settings', () => {
  const fresh: SeenServer = { ...a, tables: null };
  const bound = (address: string | null): Partial<Fleet> => ({
    servers: fleetOfTest(['idm-a', 'idm-b', 'idm-c'], LINK).servers.map((it) =>
      it.id === 'idm-a' ? { ...it, bindaddress: address } : it,
    ),
  });
  const own = (...args: Parameters<typeof planned>): readonly string[] =>
    changes('idm-a', ...args).filter((it) => !it.startsWith('pin '));

  it('are made where there are none: its origin, and every address at the port partners dial', () => {
    expect(own(LINK, [fresh, b])).toEqual(['origin repl://idm-a.example.com:8444', 'bind 0.0.0.0:8444']);
    const more = bound(null);
    const servers = (more.servers ?? []).map((it) =>
      it.id === 'idm-a' ? { ...it, origin: trusted<Origin>('repl://idm-a.example.com:9444') } : it,
    );
    expect(own(LINK, [fresh, b], { servers })).toEqual([
      'origin repl://idm-a.example.com:9444',
      'bind 0.0.0.0:9444',
    ]);
  });

  it('are as the fleet file says, where it says anything', () => {
    expect(own([...LINK, 'idm-a > idm-c'], [a, b, c], bound('10.0.0.7:8444'))).toEqual([
      'bind 10.0.0.7:8444',
    ]);
    expect(own(LINK, [fresh, b], bound('10.0.0.7:8444'))).toContain('bind 10.0.0.7:8444');
    const other = edited(a, (text) => text.replace('"0.0.0.0:8444"', '"10.0.0.9:8444"'));
    expect(own([...LINK, 'idm-a > idm-c'], [other, b, c])).toEqual([]);
    const named = edited(a, (text) => text.replace('"repl://idm-a.', '"repl://old-a.'));
    expect(own([...LINK, 'idm-a > idm-c'], [named, b, c])).toEqual(['origin repl://idm-a.example.com:8444']);
  });

  it('are left alone where nothing is drawn', () => {
    expect(own([], [fresh, { ...b, tables: null }])).toEqual([]);
    expect(own([], [{ ...a, tables: ['idm-b mutual-pull'] }, b], bound('10.0.0.7:8444'))).toEqual([
      'remove repl://idm-b.example.com:8444',
    ]);
  });

  it('acknowledge what the version wants acknowledged, and no other does', () => {
    const early = (it: SeenServer): ObservedServer =>
      edited({ ...it, version: '1.1.0-rc.15' }, (text) => text.replace('version = "2"\n', ''));
    const wants = own(LINK, [early(fresh), early(b)]).includes('acknowledge');
    const not = own(LINK, [fresh, b]).includes('acknowledge');
    expect([wants, not]).toEqual([true, false]);
  });
});

describe('the words', () => {
  const step = (links: readonly string[], seen: readonly Seen[], more: Partial<Fleet> = {}) =>
    writes('idm-a', links, seen, more)[0];

  it('of a table that goes say why it goes', () => {
    const twice = { ...a, tables: ['idm-b mutual-pull', 'idm-x pull'] };
    expect(step([], [a, b])).toMatchObject({
      summary: expect.stringContaining('Take repl://idm-b'),
      why: 'No link between them is drawn.',
    });
    const listed = step(LINK, [twice, b], { removed: [BEYOND] });
    expect(listed?.why).toContain(`${BEYOND} is listed under [[removed]]`);
  });

  it('of new links name the partners; of settings alone they do not', () => {
    expect(step([...LINK, 'idm-a > idm-c'], [a, b, c])).toMatchObject({
      summary: 'Write idm-a’s links',
      why: expect.stringContaining('So that idm-c and idm-a know'),
    });
    const named = edited(a, (text) => text.replace('"repl://idm-a.', '"repl://old-a.'));
    expect(step(LINK, [named, b])?.why).toContain('own settings');
    // One table goes and another comes: no mere pin.
    expect(step(['idm-a > idm-c'], [a, b, c])?.summary).toBe('Write idm-a’s links');
  });
});
