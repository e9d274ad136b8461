import { describe, expect, it } from 'vitest';
import {
  fleetOfTest,
  observedOfTest,
  readCertificateOfTest,
  type SeenServer,
} from '../../../test/support/fleet-fixtures';
import { type ServerId, trusted } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { makePlan, type PlanWishes } from './make-plan';

/* In which order a plan's steps come, what they wait for, and what is left out once a file cannot be changed. */

const a: SeenServer = { id: 'idm-a', domain: 'a', tables: [] };
const b: SeenServer = { ...a, id: 'idm-b' };
const c: SeenServer = { ...a, id: 'idm-c' };
const without = (it: SeenServer): SeenServer => ({ ...it, tables: null });

const planned = (
  links: readonly string[],
  seen: readonly (SeenServer | ObservedServer)[],
  wishes: PlanWishes = {},
) =>
  makePlan(
    fleetOfTest(['idm-a', 'idm-b', 'idm-c'], links),
    seen.map((it) => ('config' in it ? it : observedOfTest(it))),
    wishes,
  );
const outline = (...args: Parameters<typeof planned>): readonly string[] =>
  planned(...args).steps.map(({ action, server }) => `${action} ${server}`);
/** Whom the first new file of a server pins. */
const pinsAtFirst = (server: string, ...args: Parameters<typeof planned>): readonly string[] => {
  const first = planned(...args).steps.find((it) => it.action === 'configure' && it.server === server);
  if (first?.action !== 'configure') throw new Error(`${server} gets a file`);
  return first.changes.flatMap((it) => (it.kind === 'pin-partner' ? [it.of] : []));
};

describe('links are written with the first file', () => {
  it('of the last of two that keep their data, the other’s certificate being read by then', () => {
    expect(outline(['idm-a > idm-b'], [without(a), without(b)])).toEqual([
      ...['configure idm-a', 'read-certificate idm-a', 'configure idm-b', 'read-certificate idm-b'],
      ...['configure idm-a', 'verify idm-a', 'verify idm-b'],
    ]);
  });

  it('only where every partner’s certificate is known, and stays', () => {
    const links = ['idm-a > idm-b', 'idm-a > idm-c'];
    expect(pinsAtFirst('idm-a', links, [without(a), b, c])).toEqual(['idm-b', 'idm-c']);
    expect(pinsAtFirst('idm-a', links, [without(a), b, without(c)])).toEqual([]);
    const renamed = { ...observedOfTest(b), certificate: readCertificateOfTest('idm-b', 'old.example.com') };
    expect(pinsAtFirst('idm-a', links, [without(a), renamed, c])).toEqual([]);
  });
});

describe('a new file', () => {
  it('waits for the last step of the server whose data its own takes', () => {
    const { steps } = planned(['idm-a > idm-b'], [a, b]);
    expect(steps.map(({ action, server, needs }) => [action, server, needs])).toEqual([
      ['configure', 'idm-a', []],
      ['configure', 'idm-b', ['1']],
      ['verify', 'idm-a', ['1', '2']],
      ['verify', 'idm-b', ['2', '3']],
    ]);
  });

  it('that disarms comes from the outermost server inward, and for none that is left alone', () => {
    const armed = (it: SeenServer, supplier: string): SeenServer => ({
      ...it,
      tables: [`${supplier} pull automatic`],
    });
    const links = ['idm-a > idm-b', 'idm-b > idm-c'];
    const both = [a, armed(b, 'idm-a'), armed(c, 'idm-b')];
    expect(outline(links, both).slice(0, 2)).toEqual(['configure idm-c', 'configure idm-b']);
    const stopped = [a, armed(b, 'idm-a'), { ...armed(c, 'idm-b'), state: 'stopped' as const }];
    expect(outline(links, stopped).filter((it) => it.endsWith(' idm-c'))).toEqual([]);
  });

  it('that cannot be written is an error of the plan, and nothing is done to its server', () => {
    for (const domain of ['a', 'b']) {
      const seen = observedOfTest({ ...b, domain });
      // Whose version is not known, its file is not looked at before.
      const broken = {
        ...seen,
        versionOnDisk: null,
        file: seen.file && { ...seen.file, text: 'no = [toml' },
      };
      const plan = planned(['idm-a > idm-b'], [a, broken]);
      expect(plan.steps.filter((it) => it.server === 'idm-b')).toEqual([]);
      expect(plan.blocked).toBe(true);
      const errors = plan.problems.filter((it) => it.severity === 'error');
      expect(errors).toMatchObject([{ server: null, where: { server: 'idm-b' } }]);
    }
  });
});

it('a flag beside a table that only lets in arms nobody', () => {
  const flagged = [
    { ...a, tables: ['idm-b allow-pull automatic'] },
    { ...b, tables: ['idm-a pull'] },
  ];
  const { steps } = planned(['idm-a ~> idm-b'], flagged);
  expect(steps.map((it) => it.summary).join()).not.toContain('Turn automatic_refresh off');
});

it('only pulls to or from a server that a step has touched are proved', () => {
  const pulls = (stale: string): readonly string[] =>
    planned(
      ['idm-a > idm-b', 'idm-a > idm-c'],
      [
        { ...a, tables: ['idm-b mutual-pull', 'idm-c mutual-pull'] },
        ...[b, c].map((it) => ({ ...it, tables: ['idm-a mutual-pull'], stale: it.id === stale })),
      ],
    ).steps.flatMap((step) =>
      step.action === 'verify' ? step.suppliers.map((it) => `${step.server} < ${it.server}`) : [],
    );
  expect(pulls('idm-b')).toEqual(['idm-a < idm-b', 'idm-b < idm-a']);
  expect(pulls('idm-c')).toEqual(['idm-a < idm-c', 'idm-c < idm-a']);
  expect(pulls('')).toEqual([]);
});

it('a refresh within one domain is asked for by command, also where the link is drawn as automatic', () => {
  const refreshed = (domain: string) =>
    planned(['idm-a ~> idm-b automatic'], [a, { ...b, domain }], { refresh: [trusted<ServerId>('idm-b')] });
  const by = (domain: string) =>
    refreshed(domain).steps.flatMap((it) => (it.action === 'refresh' ? [it.by] : []));
  expect([by('a'), by('b')]).toEqual([['command'], ['automatic']]);
});
