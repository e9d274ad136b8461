import { describe, expect, it } from 'vitest';
import {
  domainOfTest,
  fleetOfTest,
  observedOfTest,
  readCertificateOfTest,
  type SeenServer,
} from '../../../test/support/fleet-fixtures';
import { type Origin, type ServerId, trusted } from '../../base/names';
import type { Problem } from '../../base/problem';
import { originsOf } from '../../fleet/model/desired';
import type { Fleet } from '../../fleet/model/fleet';
import { ownersOf } from '../../fleet/model/owners';
import { readTopology } from '../../fleet/model/topology';
import type { ObservedServer } from '../../observed/observed';
import { Eligibility } from './eligibility';

/* Who is refreshed, renewed and left alone, before any step is drawn up. */

const id = (name: string): ServerId => trusted<ServerId>(name);
const [A, B, C] = [id('idm-a'), id('idm-b'), id('idm-c')];

const a: SeenServer = { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] };
const b: SeenServer = { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] };
const other: SeenServer = { ...b, domain: 'b' };
const c: SeenServer = { id: 'idm-c', domain: 'a', tables: [] };
const seen = (it: SeenServer, more: Partial<ObservedServer> = {}): ObservedServer => ({
  ...observedOfTest(it),
  ...more,
});

/** @returns the parts they take, and what was reported, `CODE SERVER OTHER`, and in words. */
function rolesOf(
  links: readonly string[],
  observed: readonly ObservedServer[],
  { refresh = [], problems = [], more = {} }: Wishes = {},
) {
  const fleet = fleetOfTest(['idm-a', 'idm-b', 'idm-c'], links, more);
  const byId = new Map(observed.map((it) => [it.id, it]));
  const origins = originsOf(fleet, byId);
  const said: string[] = [];
  const words: string[] = [];
  const eligibility = new Eligibility({
    ...{ fleet, topology: readTopology(fleet), observed: byId, origins, problems: [...problems] },
    ownerOf: ownersOf(fleet, observed, origins),
    refresh: new Set(refresh),
    unproved: new Set(),
    report: (server, code, message, _fix, why) => {
      said.push([code, server, why ?? ''].join(' ').trim());
      words.push(message);
    },
  });
  return { eligibility, said, words };
}
interface Wishes {
  readonly refresh?: readonly ServerId[];
  readonly problems?: readonly Problem[];
  readonly more?: Partial<Fleet>;
}
const LINK = ['idm-a > idm-b'];
const error = (server: ServerId | null): Problem =>
  ({ code: 'no-origin', severity: 'error', server, message: '', fix: '', where: {} }) as never;

describe('a server', () => {
  it('is touched and takes part where it runs and was read', () => {
    const { eligibility } = rolesOf(LINK, [seen(a), seen(b)]);
    for (const server of [A, B])
      expect([eligibility.mayTouch(server), eligibility.takesPart(server)]).toEqual([true, true]);
    expect([eligibility.mayTouch(C), eligibility.takesPart(C)]).toEqual([false, false]);
    expect(eligibility.mayTouch(id('idm-d'))).toBe(false);
  });

  it.each([
    ['it does not run', [seen(a), seen({ ...b, state: 'stopped' })], {}],
    ['its file was not read', [seen(a), seen(b, { file: null })], {}],
    ['its file is no server.toml', [seen(a), seen(b, { config: null })], {}],
    ['something about it is wrong', [seen(a), seen(b)], { problems: [error(B)] }],
  ])('is left alone where %s, and the others are not', (_what, observed, wishes) => {
    const { eligibility } = rolesOf(LINK, observed, wishes);
    expect([eligibility.mayTouch(B), eligibility.takesPart(B)]).toEqual([false, false]);
    expect([eligibility.mayTouch(A), eligibility.takesPart(A)]).toEqual([true, true]);
  });

  it('is touched where something is only to be noted', () => {
    const warning: Problem = { ...error(B), severity: 'warning' };
    expect(rolesOf(LINK, [seen(a), seen(b)], { problems: [warning] }).eligibility.mayTouch(B)).toBe(true);
  });
});

describe('a refresh', () => {
  it('is for who is in another domain than its primary, or is asked for', () => {
    expect(rolesOf(LINK, [seen(a), seen(b)]).eligibility.toRefresh(B)).toBe(false);
    expect(rolesOf(LINK, [seen(a), seen(b)], { refresh: [B] }).eligibility.toRefresh(B)).toBe(true);
    const { eligibility } = rolesOf(LINK, [seen(a), seen(other)], { refresh: [A] });
    expect([eligibility.toRefresh(A), eligibility.toRefresh(B), eligibility.toRefresh(C)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(eligibility.wantedDomain(B)).toBe(domainOfTest('a'));
    expect([eligibility.willAgree(A, B), eligibility.willAgree(A, C)]).toEqual([true, false]);
  });

  it('is not for who says no domain', () => {
    const { eligibility } = rolesOf(LINK, [seen(a), seen(b, { domain: null })], { refresh: [B] });
    expect([eligibility.toRefresh(B), eligibility.willAgree(A, B), eligibility.willAgree(B, B)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('goes by the domain that the fleet remembers while the primary is not seen', () => {
    const gone = seen({ ...a, state: 'stopped' });
    expect(rolesOf(LINK, [gone, seen(other)]).eligibility.wantedDomain(B)).toBeNull();
    const { eligibility } = rolesOf(LINK, [gone, seen(other)], { more: { domainUuid: domainOfTest('a') } });
    expect([eligibility.wantedDomain(B), eligibility.toRefresh(B)]).toEqual([domainOfTest('a'), true]);
    // Its source is held back.
    expect(eligibility.takesPart(B)).toBe(false);
  });

  it('waits for its source, and for partners that nobody knows', () => {
    const held = rolesOf(LINK, [seen({ ...a, state: 'stopped' }), seen(other)], {
      more: { domainUuid: domainOfTest('a') },
    });
    expect(held.said).toEqual(['source-not-ready idm-b idm-a']);
    const unknown = rolesOf(LINK, [seen(a), seen({ ...other, tables: ['idm-x allow-pull'] })]);
    expect(unknown.said).toEqual(['unknown-partner-blocks-refresh idm-b']);
    expect(unknown.words.join()).toContain('(repl://idm-x.example.com:8444)');
    expect([unknown.eligibility.takesPart(B), unknown.eligibility.mayTouch(B)]).toEqual([false, true]);
    const origin = trusted<Origin>('repl://idm-x.example.com:8444');
    const removed = rolesOf(LINK, [seen(a), seen({ ...other, tables: ['idm-x allow-pull'] })], {
      more: { removed: [origin] },
    });
    expect([removed.said, removed.eligibility.takesPart(B)]).toEqual([[], true]);
  });
});

describe('automatic_refresh', () => {
  const drawn = ['idm-a ~> idm-b automatic'];
  const flags = ({ eligibility }: ReturnType<typeof rolesOf>) =>
    eligibility.desired(B).map((it) => it.automaticRefresh);

  it('is as it is drawn', () => {
    const it = rolesOf(drawn, [seen(a), seen(b)]);
    expect([flags(it), it.said]).toEqual([[true], []]);
  });

  it('stays off beside a supplier that nobody knows, and that is said', () => {
    const it = rolesOf(drawn, [seen(a), seen({ ...b, tables: ['idm-x pull'] })]);
    expect([flags(it), it.said]).toEqual([[false], ['automatic-refresh-beside-unknown idm-b']]);
    expect(rolesOf(LINK, [seen(a), seen({ ...b, tables: ['idm-x pull'] })]).said).toEqual([]);
  });

  it('is no matter of a server that is left alone', () => {
    const it = rolesOf(drawn, [seen(a), seen({ ...b, state: 'stopped', tables: ['idm-x pull'] })]);
    expect(it.said).toEqual([]);
  });

  it('is no matter of one that only pulls from it', () => {
    const it = rolesOf(drawn, [seen(a), seen({ ...b, tables: ['idm-x allow-pull'] })]);
    expect([flags(it), it.said]).toEqual([[true], []]);
  });
});

describe('a certificate', () => {
  const named = (host: string) => ({ certificate: readCertificateOfTest('idm-b', host) });
  const dialled = (
    origin: string,
    version?: string,
    host = 'old.example.com',
    more: Partial<ObservedServer> = {},
  ) => {
    const fleet = fleetOfTest(['idm-a', 'idm-b', 'idm-c'], LINK);
    const servers = fleet.servers.map((it) =>
      it.id === B ? { ...it, origin: trusted<Origin>(origin) } : it,
    );
    return rolesOf(
      LINK,
      [seen(a), seen({ ...b, ...(version ? { version } : {}) }, { ...named(host), ...more })],
      {
        more: { servers },
      },
    ).eligibility.toRenew(B);
  };

  it('is renewed where it is for another name than partners dial', () => {
    expect(dialled('repl://idm-b.example.com:8444')).toBe(true);
    expect(dialled('repl://idm-b.example.com:8444', undefined, 'idm-b.example.com')).toBe(false);
    expect(rolesOf(LINK, [seen(a), seen(b, { certificate: null })]).eligibility.toRenew(B)).toBe(false);
    expect(rolesOf([], [seen(a), seen(b, named('old.example.com'))]).eligibility.toRenew(B)).toBe(false);
    expect(rolesOf(LINK, [seen(a)]).eligibility.toRenew(B)).toBe(false);
  });

  it('is for an address only where the version writes one into it', () => {
    expect(dialled('repl://192.0.2.7:8444')).toBe(true);
    expect(dialled('repl://192.0.2.7:8444', '1.7.2')).toBe(false);
    expect(dialled('repl://[2001:db8::7]:8444')).toBe(false);
    const unknown = { versionOnDisk: null, facts: null };
    expect(dialled('repl://192.0.2.7:8444', undefined, 'old.example.com', unknown)).toBe(false);
    expect(dialled('repl://idm-b.example.com:8444', undefined, 'old.example.com', unknown)).toBe(true);
  });

  it('is not renewed while who pins it cannot be given the new one', () => {
    const renamed = seen(b, named('old.example.com'));
    const linked = rolesOf(LINK, [seen({ ...a, state: 'stopped' }), renamed]);
    expect(linked.said).toContain('partner-not-running idm-b idm-a');
    expect(linked.eligibility.takesPart(B)).toBe(false);
    expect(linked.words.join()).toContain(
      'is for old.example.com, partners are to dial repl://idm-b.example.com:8444, and',
    );
    // One that is linked and has no table yet is to be given it, too.
    const fresh = rolesOf(LINK, [seen({ ...a, state: 'stopped', tables: [] }), renamed]);
    expect(fresh.said).toContain('partner-not-running idm-b idm-a');
    // Also where others that are linked with it can be given it.
    const two = rolesOf(
      ['idm-a > idm-b', 'idm-b > idm-c'],
      [seen(a), renamed, seen({ ...c, state: 'stopped' })],
    );
    expect(two.said).toContain('partner-not-running idm-b idm-c');
    expect(two.eligibility.takesPart(B)).toBe(false);
    const pins = seen({ ...c, state: 'stopped', tables: ['idm-a pull', 'idm-b pull'] });
    expect(rolesOf(LINK, [seen(a), renamed, pins]).said).toContain('partner-not-running idm-b idm-c');
    const neither = rolesOf(LINK, [
      seen(a),
      renamed,
      seen({ ...c, state: 'stopped', tables: ['idm-a pull'] }),
    ]);
    expect([neither.said, neither.eligibility.takesPart(B)]).toEqual([[], true]);
  });
});
