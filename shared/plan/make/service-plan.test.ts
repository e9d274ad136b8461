import { describe, expect, it } from 'vitest';
import {
  domainOfTest,
  fleetOfTest,
  observedOfTest,
  type SeenServer,
} from '../../../test/support/fleet-fixtures';
import type { ServerId } from '../../base/names';
import { trusted } from '../../base/names';
import type { HostFacts, ObservedServer } from '../../observed/observed';
import { makeServicePlan, type ServiceWish } from './service-plan';

/* A start, a restart and a proof of one server: what is done, what is proved, and what stands against it. */

const a: SeenServer = { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] };
const b: SeenServer = { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] };
const seen = (it: SeenServer, more: Partial<ObservedServer> = {}): ObservedServer => ({
  ...observedOfTest(it),
  ...more,
});
const withFacts = (it: SeenServer, more: Partial<HostFacts>): ObservedServer => {
  const { facts } = observedOfTest(it);
  return seen(it, { facts: facts && { ...facts, ...more } });
};
const withFile = (it: SeenServer, change: (text: string) => string): ObservedServer => {
  const { file } = observedOfTest(it);
  return seen(it, { file: file && { ...file, text: change(file.text) } });
};
const stopped = (it: SeenServer): SeenServer => ({ ...it, state: 'stopped' });

const plan = (
  kind: ServiceWish['kind'],
  observed: readonly ObservedServer[],
  { server = 'idm-a', ...more }: { server?: string; ranLast?: string } = {},
) =>
  makeServicePlan(fleetOfTest(['idm-a', 'idm-b', 'idm-c'], ['idm-b > idm-a', 'idm-b > idm-c']), observed, {
    kind,
    server: trusted<ServerId>(server),
    ...more,
  });
/** What is done, and which pulls are proved. */
const steps = (...args: Parameters<typeof plan>): readonly string[] =>
  plan(...args).steps.map((step) =>
    step.action === 'verify'
      ? `${step.server} < ${step.suppliers.map((it) => it.server).join(' ')}`
      : `${step.action} ${step.server}`,
  );
/** What blocks it. */
const against = (...args: Parameters<typeof plan>) => {
  const { blocked, steps, problems } = plan(...args);
  const errors = problems.filter((it) => it.severity === 'error');
  expect([blocked, steps.length > 0]).toEqual([errors.length > 0, errors.length === 0]);
  return errors;
};
const codes = (...args: Parameters<typeof plan>): readonly string[] => against(...args).map((it) => it.code);

describe('what is done', () => {
  const alone: SeenServer = { ...a, tables: [] };

  it.each([
    ['start', alone, []],
    ['start', stopped(alone), ['start idm-a']],
    ['restart', alone, ['restart idm-a']],
    ['restart', stopped(alone), ['start idm-a']],
    ['prove', alone, []],
    ['start', a, []],
    // A proof starts nothing.
    ['prove', stopped(alone), []],
    ['prove', a, ['idm-a < idm-b', 'idm-b < idm-a']],
    ['restart', a, ['restart idm-a', 'idm-a < idm-b', 'idm-b < idm-a']],
    // A refresh of idm-b that was asked for may wait for idm-a: a restart drops it.
    ['start', stopped(a), ['restart idm-b', 'start idm-a', 'idm-a < idm-b', 'idm-b < idm-a']],
  ] as const)('of %s', (kind, server, done) => expect(steps(kind, [seen(server), seen(b)])).toEqual(done));
});

describe('the pulls that are proved', () => {
  const c: SeenServer = { id: 'idm-c', domain: 'a', tables: ['idm-a pull', 'idm-b pull'] };
  const lets = { ...a, tables: ['idm-b mutual-pull', 'idm-c allow-pull'] };

  it('are those of the server and those from it, the others’ in the order of the fleet', () => {
    expect(
      steps('prove', [
        seen(lets),
        seen(c),
        seen({ ...b, tables: [...(b.tables ?? []), 'idm-c allow-pull'] }),
      ]),
    ).toEqual(['idm-a < idm-b', 'idm-b < idm-a', 'idm-c < idm-a']);
  });

  it.each([
    [
      'that its supplier does not let in',
      [seen({ ...a, tables: ['idm-b pull'] }), seen({ ...b, tables: ['idm-a pull'] })],
    ],
    [
      'of tables that only let in',
      [seen({ ...a, tables: ['idm-b allow-pull'] }), seen({ ...b, tables: ['idm-a allow-pull'] })],
    ],
    ['with a server that does not run', [seen(a), seen(stopped(b))]],
    ['of two domains', [seen(a), seen({ ...b, domain: 'b' })]],
    [
      'that its supplier lets another one in for',
      [
        seen({ ...a, tables: ['idm-b pull', 'idm-c allow-pull'] }),
        seen({ ...b, tables: ['idm-a pull', 'idm-c allow-pull'] }),
        seen({ id: 'idm-c', domain: 'b', tables: [] }),
      ],
    ],
    ['with a server that nobody knows', [seen({ ...a, tables: ['idm-x mutual-pull'] })]],
  ])('are none %s', (_what, observed) => expect(steps('prove', observed)).toEqual([]));

  it('are those with a server whose domain is not known, too', () => {
    expect(steps('prove', [seen(a, { domain: null }), seen(b)])).toHaveLength(2);
    expect(steps('prove', [seen(a), seen(b, { domain: null })])).toHaveLength(2);
  });
});

describe('against it stands', () => {
  it('a server that the fleet has not, that is out of reach, or whose file was not read', () => {
    expect(codes('start', [seen(b)])).toEqual(['no-such-server']);
    const reached = against('start', [seen({ ...a, state: 'unreachable' }), seen(b)]);
    expect(reached).toMatchObject([{ code: 'cannot-start', message: expect.stringContaining('reached') }]);
    const away = seen({ ...a, state: 'unreachable' }, { file: null, config: null });
    expect(against('start', [away, seen(b)])).toMatchObject([
      { code: 'cannot-start', message: expect.stringContaining('cannot be reached') },
    ]);
    // What was read of it before says nothing of now.
    expect(codes('start', [seen(a, { state: 'unreachable' }), seen(b)])).toEqual(['cannot-start']);
    for (const unread of [{ file: null }, { config: null }])
      expect(against('restart', [seen(a, unread), seen(b)])).toMatchObject([
        { code: 'cannot-start', message: expect.stringContaining('read') },
      ]);
  });

  it('no fault: a restart may be what cures it', () => {
    const fault = { code: 'admin-socket', message: 'no answer', fix: 'look', where: { server: 'idm-a' } };
    const { problems, steps: done } = plan('restart', [seen(a, { faults: [fault] }), seen(b)]);
    expect(problems).toMatchObject([{ code: 'admin-socket', severity: 'warning' }]);
    expect(done[0]).toMatchObject({ action: 'restart' });
    // One that names no server is none either.
    const nowhere = { ...fault, where: {} };
    expect(codes('restart', [seen(a, { faults: [nowhere] }), seen(b)])).toEqual([]);
  });

  it('a file that kanidmd would not start with', () => {
    const bad = (text: string): string => text.replace('tls_key', 'role = "write_replica"\ntls_key');
    expect(against('restart', [withFile(a, bad), seen(b)])).toMatchObject([
      {
        code: 'file-refused',
        server: null,
        where: { server: 'idm-a', file: '/etc/kanidm/server.toml', line: 5 },
      },
    ]);
    expect(codes('restart', [{ ...withFile(a, bad), versionOnDisk: null }, seen(b)])).toEqual([]);
    // What it must say may stand in its environment instead; where that was read and does not, it is missing.
    const short = withFile(a, (text) => text.replace(/^domain = .*$/m, ''));
    const inEnvironment = (overrides: HostFacts['overrides']) =>
      codes('restart', [{ ...short, facts: short.facts && { ...short.facts, overrides } }, seen(b)]);
    expect(inEnvironment({})).toEqual(['file-refused']);
    expect(inEnvironment({ KANIDM_DOMAIN: 'idm.example.com' })).toEqual([]);
    expect(codes('restart', [{ ...short, facts: null }, seen(b)])).toEqual([]);
    const padded = (text: string): string => text.replace(/(_cert = ".+)"/, '$1="');
    expect(against('restart', [withFile(a, padded), seen(b)])).toMatchObject([
      { code: 'file-refused', evidence: 'Its padding is wrong.' },
    ]);
    for (const it of against('restart', [withFile(a, bad), seen(b)]))
      expect(it).not.toHaveProperty('evidence');
    // What kanidmd would only warn of stands against nothing.
    const odder = (text: string): string => text.replace('"repl://idm-a', '"https://idm-a');
    expect(plan('restart', [withFile(a, odder), seen(b)]).problems).toEqual([]);
    const odd = (text: string): string => text.replace('tls_key', 'nobody_knows = 1\ntls_key');
    expect(codes('restart', [withFile({ ...a, version: '1.99.0' }, odd), seen(b)])).toEqual([]);
  });

  it('another program than the one that ran last', () => {
    const onDisk = (it: SeenServer, version: string | null, ran: string | null) => ({
      ...withFacts(it, { runningVersion: ran }),
      versionOnDisk: version,
    });
    const upgrade = { code: 'restart-is-an-upgrade' };
    expect(against('restart', [onDisk(a, '1.11.1', '1.10.5'), seen(b)])).toMatchObject([
      { ...upgrade, message: expect.stringContaining('runs kanidmd 1.10.5') },
    ]);
    expect(
      against('start', [onDisk(stopped(a), '1.11.1', null), seen(b)], { ranLast: '1.10.5' }),
    ).toMatchObject([{ ...upgrade, message: expect.stringContaining('last ran kanidmd 1.10.5') }]);
    expect(codes('restart', [onDisk(a, '1.10.5', '1.10.5'), seen(b)])).toEqual([]);
    expect(codes('restart', [onDisk(a, '1.11.1', null), seen(b)])).toEqual([]);
    expect(codes('restart', [onDisk(a, null, '1.10.5'), seen(b)])).toEqual([]);
  });

  it('a database that is not there, or is of another domain than its origin', () => {
    expect(codes('start', [seen(stopped(a), { databaseFile: 'missing' }), seen(b)])).toEqual([
      'database-not-there',
    ]);
    const domain = { name: 'other.example.org', uuid: domainOfTest('a'), level: 14 };
    expect(codes('restart', [seen(a, { domain }), seen(b)])).toEqual(['origin-outside-database']);
  });

  it('that it may erase itself, or another one', () => {
    const automatic = { ...a, tables: ['idm-b pull automatic'] };
    const other = { ...b, domain: 'b', tables: ['idm-a allow-pull'] };
    expect(against('restart', [seen(automatic), seen(other)])).toMatchObject([
      { code: 'erases-itself', message: expect.stringContaining('in another domain than idm-b') },
    ]);
    expect(against('start', [seen(stopped(automatic)), seen(other)])).toMatchObject([
      { code: 'erases-itself', message: expect.stringContaining('not known') },
    ]);
    const ofOther = plan('restart', [seen(automatic), seen(other)], { server: 'idm-b' });
    expect(ofOther).toMatchObject({ blocked: true, problems: [{ code: 'would-erase', server: null }] });
    // Whoever it may take the data of, it is told once.
    const two = { ...a, tables: ['idm-b pull automatic', 'idm-c pull automatic'] };
    const third = { ...other, id: 'idm-c' };
    expect(codes('restart', [seen(two), seen(other), seen(third)])).toEqual(['erases-itself']);
    // Nothing is started.
    const proof = plan('prove', [seen(automatic), seen(other)]);
    expect(proof.problems.map((it) => it.code)).not.toContain('erases-itself');
  });
});

describe('the risk of a start', () => {
  const risk = (it: ObservedServer, more = {}) =>
    plan('start', [it, seen(b)], more).steps.find((step) => step.action === 'start')?.risk;

  it('says that an upgrade may come of it, where it is not known what ran', () => {
    const unknown = withFacts(stopped(a), { runningVersion: null });
    expect(risk(unknown)).toContain('upgrades the database');
    expect(risk(unknown, { ranLast: '1.10.5' })).not.toContain('upgrades');
    expect(risk(seen(stopped(a)))).toBe('');
  });

  it('says that a database is made, where there is none', () => {
    const fresh = stopped({ ...a, tables: [] });
    const made = 'there is no database yet: kanidmd makes an empty one';
    expect(risk(seen(fresh, { databaseFile: 'missing' }))).toBe(made);
    const unknown = withFacts(fresh, { runningVersion: null });
    expect(risk({ ...unknown, databaseFile: 'missing' })).toMatch(
      /^which version .+; there is no database yet/,
    );
    expect(risk(seen(fresh))).not.toContain('database yet');
  });
});
