import { describe, expect, it } from 'vitest';
import {
  observedOf,
  observedOfTest,
  originOfTest,
  readCertificateOfTest,
} from '../../../test/support/fleet-fixtures';
import {
  deployed,
  edited,
  errors,
  except,
  gone,
  outline,
  planOf,
  three,
} from '../../../test/support/three-servers';
import { readTopology } from '../../fleet/model/topology';
import { readFleet } from '../../fleet/read/read-fleet';
import { reportCertificates } from '../../fleet/rules/report-certificates';
import { checkObserved } from '../../fleet/rules/check-observed';
import { updateServer } from '../../fleet/edit/edit-fleet';
import type { ObservedServer } from '../../observed/observed';
import { parseOrigin } from '../../base/origin';

describe('another origin', () => {
  const NEW = 'repl://b.example.net:8444';
  const renamed = edited(three, (it) => updateServer(it, 'idm-b', { origin: NEW }));

  it('is written, the certificate renewed for it, and pinned under the new name; the old table goes', () => {
    const plan = planOf(renamed, deployed);
    expect(errors(plan)).toEqual([]);
    expect(outline(plan)).toEqual([
      'configure idm-b',
      'renew-certificate idm-b',
      'configure idm-a',
      'verify idm-a',
      'verify idm-b',
      'verify idm-c',
    ]);
    const [own, renew, partner] = plan.steps;
    expect(own?.summary).toBe(`Set up idm-b for its certificate of ${NEW}`);
    expect(own?.diff).toContain(`+origin = "${NEW}"`);
    expect(renew?.needs).toContain(own?.id);
    expect(partner?.needs).toContain(renew?.id);
    expect(partner?.diff).toContain('-[replication."repl://idm-b.example.com:8444"]');
    expect(partner?.diff).toContain(`+[replication."${NEW}"]`);
    expect(partner?.diff).toContain('certificate of idm-b, known after step 2');
    expect(plan.steps.flatMap((step) => step.erases)).toEqual([]);
  });

  it('is finished after an interruption at any step: the old table is known by the certificate it pins', () => {
    const renewedTo = readCertificateOfTest('idm-b', 'b.example.net', 1);
    const written: ObservedServer = observedOf({
      id: 'idm-b',
      state: 'running',
      domain: observedOfTest({ id: 'idm-b', domain: 'a', tables: [] }).domain?.uuid ?? null,
      origin: parseOrigin(NEW)?.origin ?? null,
      partners:
        observedOfTest({ id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] }).config?.replication
          ?.partners ?? [],
      certificate: readCertificateOfTest('idm-b'),
      stale: false,
    });
    expect(outline(planOf(renamed, [written, ...except('idm-b')])).slice(0, 2)).toEqual([
      'renew-certificate idm-b',
      'configure idm-a',
    ]);
    const rest = planOf(renamed, [{ ...written, certificate: renewedTo }, ...except('idm-b')]);
    expect(outline(rest)[0]).toBe('configure idm-a');
    expect(rest.steps[0]?.diff).toContain('-[replication."repl://idm-b.example.com:8444"]');
  });

  it('the rules know whose a table under the old name is, as the plan does', () => {
    const { fleet } = readFleet(renamed, 'fleet.toml');
    if (fleet === null) throw new Error('it can be read');
    const seen = [
      observedOfTest({ id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] }),
      ...except('idm-b'),
    ];
    const observed = seen.map((it) => ('faults' in it ? it : observedOfTest(it)));
    // Nobody has the old name: idm-b runs with the new one already.
    const moved = observed.map((it) =>
      it.id === 'idm-b' && it.config?.replication
        ? { ...it, config: { ...it.config, replication: { ...it.config.replication, origin: NEW } } }
        : it,
    );
    const report = reportCertificates(fleet, moved, Date.parse('2026-11-23T12:00:00Z'));
    expect(report.servers.find(({ id }) => id === 'idm-b')?.pinnedBy.map(({ server }) => server)).toEqual([
      'idm-a',
    ]);
    const codes = checkObserved(fleet, readTopology(fleet), moved, 0).map(({ code }) => code);
    expect(codes).not.toContain('unknown-partner');
    expect(codes).toContain('link-differs');
  });

  it.each<[string, string, (it: ObservedServer) => ObservedServer]>([
    [
      'a partner is down',
      'partner-not-running idm-b',
      (it) => (it.id === 'idm-a' ? { ...it, state: 'stopped' } : it),
    ],
    [
      'it cannot resolve a partner’s name',
      'partner-name-not-found idm-b',
      (it) => (it.id === 'idm-b' ? { ...it, log: cannotResolve(originOfTest('idm-a')) } : it),
    ],
  ])('waits while %s: nothing of it is written, and its partners keep its table', (_what, code, change) => {
    const plan = planOf(
      renamed,
      deployed.map((it) => change(observedOfTest(it))),
    );
    expect(errors(plan)).toContain(code);
    expect(outline(plan)).toEqual([]);
  });

  it('does not wait for a server that has nothing to do with it', () => {
    const plan = planOf(renamed, [...except('idm-c'), gone('idm-c')]);
    expect(outline(plan).slice(0, 3)).toEqual([
      'configure idm-b',
      'renew-certificate idm-b',
      'configure idm-a',
    ]);
    expect(plan.steps[2]?.diff).not.toMatch(/^[-+].*idm-c/m);
  });

  it('that is an address is written into a certificate from 1.7.3 on, and stays an error before', () => {
    const text = edited(three, (it) => updateServer(it, 'idm-b', { origin: null }));
    const own = observedOfTest(deployed[1] ?? gone('idm-b'));
    const address = {
      ...own,
      config: own.config && {
        ...own.config,
        replication: own.config.replication && { ...own.config.replication, origin: 'repl://192.0.2.7:8444' },
      },
    };
    expect(outline(planOf(text, [...except('idm-b'), address]))).toContain('renew-certificate idm-b');
    const facts = address.facts && { ...address.facts, runningVersion: '1.7.2' };
    const older = planOf(text, [...except('idm-b'), { ...address, facts, versionOnDisk: '1.7.2' }]);
    expect(errors(older)).toContain('origin-is-address idm-b');
    expect(outline(older)).not.toContain('renew-certificate idm-b');
  });
});

const cannotResolve = (origin: string): ObservedServer['log'] => ({
  ...{ from: 0, to: 10, startedAt: null, runningVersion: null, listening: true, rounds: [] },
  troubles: [
    {
      ...{ code: 'name-not-found', health: 'broken', cause: '', fix: '', at: 5 },
      evidence: `Unable to resolve '${origin}' to ip:port`,
    },
  ],
});
