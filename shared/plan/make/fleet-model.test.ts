import { describe, expect, it } from 'vitest';
import {
  fleetOfTest,
  observedOfTest,
  originOfTest,
  readCertificateOfTest,
  type SeenServer,
} from '../../../test/support/fleet-fixtures';

import { ownersOf } from '../../fleet/model/owners';
import type { Round } from '../../kanidmd/health';
import type { ObservedServer } from '../../observed/observed';
import { placeholderFor } from '../../server-config/diff';
import { type ServerId, type StepId, trusted } from '../../base/names';
import { FleetModel } from './fleet-model';

/* How the servers stand while a plan is drawn up: who would erase itself, and who may once another starts. */

const id = (name: string): ServerId => trusted<ServerId>(name);
const [A, B, C] = [id('idm-a'), id('idm-b'), id('idm-c')];

const modelOf = (observed: readonly ObservedServer[], starting?: typeof A): FleetModel =>
  new FleetModel(observed, ownersOf(fleetOfTest(['idm-a', 'idm-b', 'idm-c'], []), observed), starting);
const modelled = (...seen: readonly SeenServer[]): FleetModel => modelOf(seen.map(observedOfTest));
/** The file of a server with these tables. */
const bytesOf = (name: string, tables: readonly string[]): Uint8Array =>
  new TextEncoder().encode(observedOfTest({ id: name, domain: 'a', tables }).file?.text ?? '');

const a: SeenServer = { id: 'idm-a', domain: 'a', tables: ['idm-b allow-pull'] };
const b: SeenServer = { id: 'idm-b', domain: 'b', tables: ['idm-a pull', 'idm-c allow-pull'] };
const automatic: SeenServer = { ...b, tables: ['idm-a pull automatic'] };
const ERASED = { erased: B, by: A };

const write = (it: FleetModel, name: typeof A, tables: readonly string[]) => {
  const server = it.server(name);
  if (server === undefined) throw new Error(`${name} is there`);
  const written = it.write(server, bytesOf(name, tables));
  if (!written.ok) throw new Error(written.error.message);
  return { ...written.value, before: server };
};

describe('a server', () => {
  it('whose file could not be read is not there', () => {
    for (const unread of [{ file: null }, { config: null }]) {
      const it = modelOf([{ ...observedOfTest(automatic), ...unread }, observedOfTest(a)]);
      expect([it.server(B), it.config(B), it.pullsFrom(B), it.domain(B)]).toEqual([
        undefined,
        null,
        [],
        null,
      ]);
      expect(it.pending()).toEqual([]);
      expect(it.isUnread(B)).toBe(false);
    }
  });

  it('pulls from those it has a table to pull by', () => {
    expect(modelled(a, b).pullsFrom(B)).toEqual([originOfTest('idm-a')]);
    expect(modelled({ ...a, tables: null }).pullsFrom(A)).toEqual([]);
  });

  it('pulls well where certificates and domains agree', () => {
    expect(modelled(a, { ...b, domain: 'a' }).works(B, A)).toBe(true);
    expect(modelled(a, b).works(B, A)).toBe(false);
    expect(modelled({ ...a, tables: [] }, { ...b, domain: 'a' }).works(B, A)).toBe(false);
  });

  it('is shown with certificates by their names', () => {
    const it = modelled(a, b);
    const server = it.server(B);
    const shown = server ? it.shownFile(server) : '';
    expect(shown).toContain('idm-a’s, until 2046-11-23');
    expect(shown).not.toContain(observedOfTest(a).certificate?.text);
  });
});

describe('what its process has not read', () => {
  it('is a file that is newer, until it starts again', () => {
    const it = modelled({ ...a, stale: true }, b);
    expect([it.isUnread(A), it.isUnread(B)]).toEqual([true, false]);
    it.restart(A);
    expect(it.isUnread(A)).toBe(false);
  });

  it('is any file, where it does not run and is to be started', () => {
    const stopped = [observedOfTest({ ...a, state: 'stopped' }), observedOfTest(b)];
    expect(modelOf(stopped, A).isUnread(A)).toBe(true);
    expect(modelOf(stopped).isUnread(A)).toBe(false);
    expect(modelOf(stopped, A).isUnread(B)).toBe(false);
  });
});

describe('a refresh that was asked for earlier', () => {
  const stale = { ...a, stale: true };
  /** Its newest round with idm-a came when it was due. */
  const reading = (more: Partial<Round> = {}): ObservedServer => ({
    ...observedOfTest(b),
    log: {
      ...{ from: 0, to: 100_000_000, startedAt: null, runningVersion: null, listening: true, troubles: [] },
      rounds: [
        {
          ...{ at: 95_000_000, span: '', kind: 'incremental', supplierHost: 'idm-a.example.com' },
          ...{ ports: [8444], took: 1, outcome: { kind: 'success' }, lines: [] },
          ...more,
        } as Round,
      ],
    },
  });

  it('may come once its supplier reads a file that lets it in', () => {
    expect(modelled(stale, b).wakes(A)).toEqual([ERASED]);
  });

  it.each([
    ['the supplier has read its file', modelled(a, b)],
    ['both are of one domain', modelled(stale, { ...b, domain: 'a' })],
    ['the consumer does not run', modelled(stale, { ...b, state: 'stopped' })],
    ['the supplier does not let it in', modelled({ ...stale, tables: ['idm-c allow-pull'] }, b)],
    ['the consumer has no table for it', modelled(stale, { ...b, tables: ['idm-c pull'] })],
    ['the consumer reads requests', modelOf([observedOfTest(stale), reading()])],
  ])('comes from nobody where %s', (_what, it) => expect(it.wakes(A)).toEqual([]));

  it.each([
    ['with another server', { supplierHost: 'idm-c.example.com' }],
    ['on another port', { ports: [8445] }],
    ['that was not on time', { at: 82_000_000 }],
  ])('may come though there was a round %s', (_what, more) => {
    expect(modelOf([observedOfTest(stale), reading(more)]).wakes(A)).toEqual([ERASED]);
  });

  it('is dropped by a restart', () => {
    const it = modelled(stale, b);
    it.restart(B);
    expect(it.wakes(A)).toEqual([]);
    it.restart(C);
    expect(it.server(C)).toBeUndefined();
  });

  it('is told by the file that lets it come, too', () => {
    const before = modelled({ ...stale, tables: [] }, b);
    expect(write(before, A, ['idm-b allow-pull']).wakes).toEqual(expect.arrayContaining([ERASED]));
    expect(write(modelled({ ...a, tables: [] }, b), A, ['idm-b allow-pull']).wakes).toEqual([ERASED]);
    expect(write(modelled(a, b), A, ['idm-b allow-pull', 'idm-c allow-pull']).wakes).toEqual([]);
  });
});

describe('another file', () => {
  it('tells whom it newly makes erase itself, and shows what changes', () => {
    const it = modelled(a, b);
    const { erasures, diff } = write(it, B, ['idm-a pull automatic']);
    expect(erasures).toEqual([ERASED]);
    expect(it.pending()).toEqual([ERASED]);
    expect(diff).toMatch(/^\+automatic_refresh = true$/m);
    expect(write(it, A, ['idm-b allow-pull', 'idm-c pull']).erasures).toEqual([]);
  });

  it('is a start: what was asked for before is dropped', () => {
    const it = modelled(a, b);
    expect(it.server(B)?.asked).toBe(true);
    write(it, B, ['idm-a pull']);
    expect(it.server(B)?.asked).toBe(false);
  });

  it('is taken back whole', () => {
    const it = modelled(a, b);
    const { before } = write(it, B, ['idm-a pull automatic']);
    it.unwrite(before);
    expect([it.server(B), it.pending()]).toEqual([before, []]);
  });

  it('that cannot be read is a fault, and changes nothing', () => {
    const it = modelled(a, b);
    const server = it.server(B);
    expect(server && it.write(server, new TextEncoder().encode('no = [toml')).ok).toBe(false);
    expect(it.server(B)).toBe(server);
  });

  it('shows a certificate that is not made yet by the step that makes it', () => {
    const it = modelled(a, b);
    const step = trusted<StepId>('3');
    it.certificateAfter(A, step, true);
    const server = it.server(B);
    if (server === undefined) throw new Error('it is there');
    const pinned = new TextDecoder()
      .decode(bytesOf('idm-b', ['idm-a pull']))
      .replace(observedOfTest(a).certificate?.text ?? '', placeholderFor(A, step));
    const written = it.write(server, new TextEncoder().encode(pinned));
    expect(written.ok && written.value.diff).toContain('certificate of idm-a, known after step 3');
  });
});

describe('a certificate that was not seen', () => {
  const unseen = { ...observedOfTest(a), certificate: null };

  it('may be what partners pin, until a new one is made', () => {
    const it = modelOf([unseen, observedOfTest(automatic)]);
    expect(it.pending()).toEqual([ERASED]);
    it.certificateAfter(A, trusted<StepId>('1'), false);
    expect(it.pending()).toEqual([ERASED]);
    it.certificateAfter(A, trusted<StepId>('2'), true);
    expect(it.pending()).toEqual([]);
  });

  it('is another matter than one that was: a pin of an older one lets nobody take its data', () => {
    const pinned = { ...observedOfTest(a), certificate: readCertificateOfTest('idm-a', undefined, 3) };
    expect(modelOf([pinned, observedOfTest(automatic)]).pending()).toEqual([]);
  });

  it('counts for nothing of a server that says nothing, unless it is to start', () => {
    const silent = [{ ...unseen, domain: null }, observedOfTest(automatic)];
    expect(modelOf(silent).pending()).toEqual([]);
    expect(modelOf(silent, A).pending()).toEqual([ERASED]);
  });
});

it('a server that takes another domain erases itself no more', () => {
  const it = modelled(a, automatic);
  it.takeDomain(B, it.domain(A));
  expect([it.domain(B), it.pending()]).toEqual([it.domain(A), []]);
});
