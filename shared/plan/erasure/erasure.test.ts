import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ServerId, trusted } from '../../base/names';
import { erasures, type ModelServer, type ModelTable } from './erasure';
import { ErasureWatch } from './erasure-watch';

/* Rules 2, 3 and 5 of "Refresh erases", one by one, for the model and for the watch that keeps it up to date. */

const id = (name: string): ServerId => trusted<ServerId>(name);
const [A, B, C] = [id('idm-a'), id('idm-b'), id('idm-c')];

const server = (name: ServerId, more: Partial<ModelServer> = {}): ModelServer => ({
  id: name,
  domain: 'one',
  certificate: `certificate of ${name}`,
  unseen: false,
  tables: [],
  ...more,
});
const table = (partner: ServerId, more: Partial<ModelTable> = {}): ModelTable => ({
  partner,
  type: 'mutual-pull',
  automaticRefresh: false,
  pin: `certificate of ${partner}`,
  ...more,
});

/** idm-b would erase itself with idm-a's data, unless `a`, `b` or their tables say otherwise. */
const pair = (
  supplier: Partial<ModelServer> = {},
  consumer: Partial<ModelServer> = {},
  lets: Partial<ModelTable> = {},
  asks: Partial<ModelTable> = {},
): readonly ModelServer[] => [
  server(A, { tables: [table(B, { type: 'allow-pull', ...lets })], ...supplier }),
  server(B, {
    domain: 'two',
    tables: [table(A, { type: 'pull', automaticRefresh: true, ...asks })],
    ...consumer,
  }),
];

const watched = (servers: readonly ModelServer[], asked: readonly ServerId[] = []): ErasureWatch => {
  const watch = new ErasureWatch();
  for (const it of servers) watch.set(it, asked.includes(it.id));
  return watch;
};
const sorted = (found: readonly unknown[]): readonly string[] => found.map((it) => JSON.stringify(it)).sort();
/** What both say, in either order of the servers. */
function found(servers: readonly ModelServer[]) {
  const said = erasures(new Map(servers.map((it) => [it.id, it])));
  for (const order of [servers, servers.toReversed()])
    expect(sorted(watched(order).automatic())).toEqual(sorted(said));
  return said;
}
const ERASED = [{ erased: B, by: A }];

describe('a server with automatic_refresh erases itself', () => {
  it('with the data of a supplier of another domain', () => expect(found(pair())).toEqual(ERASED));
  it('when its own domain is not known', () => expect(found(pair({}, { domain: null }))).toEqual(ERASED));
  it('when neither domain is known', () =>
    expect(found(pair({ domain: null }, { domain: null }))).toEqual(ERASED));
  it('when the supplier’s domain is not known', () => expect(found(pair({ domain: null }))).toEqual(ERASED));
  it('by mutual-pull as by pull', () =>
    expect(found(pair({}, {}, { type: 'mutual-pull' }, { type: 'mutual-pull' }))).toEqual(ERASED));
  it('by a table without the flag, when another one has it', () => {
    const tables = [table(A, { type: 'pull' }), table(C, { type: 'pull', automaticRefresh: true })];
    expect(found([...pair({}, { tables }), server(C)])).toEqual(ERASED);
  });
  it('by the second table for one supplier', () => {
    const tables = [table(A, { pin: 'old' }), table(A, { automaticRefresh: true })];
    expect(found(pair({}, { tables }))).toEqual(ERASED);
  });
  it('when the supplier lets its certificate in under another name', () =>
    expect(found(pair({}, {}, { partner: C, pin: `certificate of ${B}` }))).toEqual(ERASED));
  it('when a certificate that nobody saw may be the pinned one, at either end', () => {
    expect(found(pair({ unseen: true, certificate: null }))).toEqual(ERASED);
    expect(found(pair({}, { unseen: true, certificate: null }))).toEqual(ERASED);
  });
});

describe('it does not', () => {
  it.each([
    ['within one domain', pair({}, { domain: 'one' })],
    ['without the flag', pair({}, {}, {}, { automaticRefresh: false })],
    ['by a flag of a table that only lets others pull', pair({}, {}, {}, { type: 'allow-pull' })],
    ['from a supplier that lets nobody pull', pair({}, {}, { type: 'pull' })],
    ['from a supplier that lets another certificate in', pair({}, {}, { pin: 'another' })],
    ['from a supplier whose certificate it does not pin', pair({}, {}, {}, { pin: 'another' })],
    ['from a supplier without a table', pair({ tables: [] })],
    ['by a table of nobody the fleet knows', pair({}, {}, {}, { partner: null })],
    ['from a server that is not there', pair().slice(1)],
    [
      'when a certificate nobody saw is let in by a table for another server',
      pair({}, { unseen: true, certificate: null }, { partner: C }),
    ],
    [
      'when a table for another server pins an unseen supplier’s',
      [...pair({ unseen: true, certificate: null }, {}, {}, { partner: C }), server(C)],
    ],
  ])('%s', (_, servers) => expect(found(servers)).toEqual([]));
});

describe('the watch', () => {
  it('a refresh that was asked for may come without the flag', () => {
    const watch = watched(pair({}, {}, {}, { automaticRefresh: false }), [B]);
    expect(watch.asked()).toEqual(ERASED);
    expect(watch.automatic()).toEqual([]);
    watch.set(server(B, { domain: 'two', tables: [table(A, { type: 'pull' })] }), false);
    expect(watch.asked()).toEqual([]);
  });

  it('one with the flag is automatic, whatever was asked', () => {
    const watch = watched(pair(), [B]);
    expect([watch.automatic(), watch.asked()]).toEqual([ERASED, []]);
  });

  it('forgets a table that went, and takes one that came', () => {
    const [a, b] = pair();
    const watch = watched([a, b].filter((it) => it !== undefined));
    watch.set(server(B, { domain: 'two' }), false);
    expect(watch.automatic()).toEqual([]);
    expect(watch.connects(B, A)).toBe(false);
    watch.set(server(A, { domain: 'three', tables: [table(B)] }), false);
    expect(watch.automatic()).toEqual([]);
    if (b) watch.set(b, false);
    expect(watch.automatic()).toEqual(ERASED);
    expect(watch.get(B)).toEqual(b);
    expect(watch.get(C)).toBeUndefined();
  });

  it('connects is what certificates that are known prove, and no more', () => {
    expect(watched(pair()).connects(B, A)).toBe(true);
    expect(watched(pair()).connects(A, B)).toBe(false);
    expect(watched(pair()).connects(C, A)).toBe(false);
    expect(watched(pair()).connects(B, C)).toBe(false);
    expect(watched(pair({ unseen: true, certificate: null })).connects(B, A)).toBe(false);
    expect(watched(pair({}, { unseen: true, certificate: null })).connects(B, A)).toBe(false);
    expect(watched(pair({}, {}, { pin: 'another' })).connects(B, A)).toBe(false);
    expect(watched(pair({}, {}, {}, { pin: 'another' })).connects(B, A)).toBe(false);
  });

  it('says of any fleet, however it came to be, what the model says', () => {
    const names = [A, B, C];
    const anyServer = fc.record({
      id: fc.constantFrom(...names),
      domain: fc.constantFrom('one', 'two', null),
      certificate: fc.constantFrom('x', 'y', 'z', null),
      unseen: fc.boolean(),
      tables: fc.array(
        fc.record({
          partner: fc.constantFrom(...names, null),
          type: fc.constantFrom('mutual-pull' as const, 'pull' as const, 'allow-pull' as const),
          automaticRefresh: fc.boolean(),
          pin: fc.constantFrom('x', 'y', 'z'),
        }),
        { maxLength: 4 },
      ),
    });
    fc.assert(
      fc.property(fc.array(anyServer, { maxLength: 8 }), (changes) => {
        const [watch, model] = [new ErasureWatch(), new Map<ServerId, ModelServer>()];
        for (const change of changes) {
          const now = { ...change, unseen: change.unseen && change.certificate === null };
          watch.set(now, false);
          model.set(now.id, now);
          const said = new Set(sorted(erasures(model)));
          expect(new Set(sorted(watch.automatic()))).toEqual(said);
        }
      }),
      { seed: 20261129, numRuns: 300 },
    );
  });
});
