import { describe, expect, it } from 'vitest';
import {
  observedOf,
  observedOfTest,
  originOfTest,
  readCertificateOfTest,
  type SeenServer,
} from '../../test/support/fleet-fixtures';
import { addServer, newFleet, removeServer, setDomainUuid, updateServer } from '../fleet/edit-fleet';
import { addLink, removeLink, turnLink, updateLink } from '../fleet/edit-links';
import { readFleet } from '../fleet/read-fleet';
import { parseOrigin } from '../origin';
import { type ServerId, trusted } from '../names';
import type { ObservedServer } from '../observed';
import type { Result } from '../result';
import { makePlan, type PlanWishes } from './make-plan';
import type { Plan } from './plan';

/*
 * The guided paths of docs/paths.md, with exactly the edits of the fleet file that they tell: what is planned, who is
 * erased, what is said.
 */

const DOMAIN = 'aaaaaaaa-0000-4000-8000-000000000000';

const value = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};

const edited = (text: string, ...edits: readonly ((text: string) => Result<string>)[]): string =>
  edits.reduce((now, edit) => value(edit(now)), text);

const server = (id: string) => (text: string) =>
  addServer(text, {
    id,
    connect: 'ssh',
    endpoint: `ssh://admin@${id}.example.com`,
    origin: originOfTest(id),
  });
const link = (supplier: string, consumer: string) => (text: string) => addLink(text, { supplier, consumer });

/** A fleet of three, deployed: idm-a is the primary of idm-b and idm-c. */
const three = edited(
  newFleet('Home lab'),
  (text) => setDomainUuid(text, DOMAIN),
  ...['idm-a', 'idm-b', 'idm-c'].map(server),
  link('idm-a', 'idm-b'),
  link('idm-a', 'idm-c'),
);
const deployed: readonly SeenServer[] = [
  { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull', 'idm-c mutual-pull'] },
  { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] },
  { id: 'idm-c', domain: 'a', tables: ['idm-a mutual-pull'] },
];

function planOf(text: string, seen: readonly (SeenServer | ObservedServer)[], wishes: PlanWishes = {}): Plan {
  const { fleet, problems } = readFleet(text, null);
  if (!fleet) throw new Error(JSON.stringify(problems));
  const observed = seen.map((it) => ('tables' in it ? observedOfTest(it) : it));
  return makePlan(
    fleet,
    observed.filter((it) => fleet.servers.some(({ id }) => id === it.id)),
    wishes,
  );
}

const outline = (plan: Plan): string[] =>
  plan.steps.map((step) => [step.action, step.server, ...step.erases.map((id) => `!${id}`)].join(' '));
const said = (plan: Plan): string[] => plan.problems.map((problem) => problem.code);
const errors = (plan: Plan): string[] =>
  plan.problems.flatMap((problem) =>
    problem.severity === 'error' ? [`${problem.code} ${problem.server}`] : [],
  );
const gone = (id: string): SeenServer => ({ id, domain: 'a', tables: null, state: 'unreachable' });
const except = (...ids: readonly string[]) => deployed.filter((it) => !ids.includes(it.id));

describe('a dead primary', () => {
  it('is said, with what to do, and stops nobody else', () => {
    const plan = planOf(three, [gone('idm-a'), ...except('idm-a')]);
    expect(plan.blocked).toBe(false);
    expect(outline(plan)).toEqual([]);
    const advice = plan.problems.find((it) => it.code === 'primary-not-seen');
    expect(advice?.fix).toContain('list its origin under [[removed]]');
    expect(advice?.fix).toContain('idm-b');
  });

  it('lets a link between the others be drawn while it is down', () => {
    const plan = planOf(edited(three, link('idm-b', 'idm-c')), [gone('idm-a'), ...except('idm-a')]);
    expect(outline(plan)).toEqual(['configure idm-b', 'configure idm-c', 'verify idm-b', 'verify idm-c']);
    expect(plan.steps[0]?.diff).not.toContain('-[replication."repl://idm-a');
  });

  it('does not keep a new server from taking the data of one that has it', () => {
    const text = edited(three, server('idm-d'), link('idm-b', 'idm-d'));
    const fresh: SeenServer = { id: 'idm-d', domain: 'd', tables: null };
    const plan = planOf(text, [gone('idm-a'), ...except('idm-a'), fresh]);
    expect(outline(plan)).toContain('refresh idm-d !idm-d');
    expect(plan.steps.find((it) => it.action === 'refresh')).toMatchObject({
      source: 'idm-b',
      domain: DOMAIN,
    });
    // Without domain_uuid nothing says that idm-b holds the right data.
    const unknown = planOf(
      edited(text, (it) => setDomainUuid(it, null)),
      [gone('idm-a'), ...except('idm-a'), fresh],
    );
    expect(unknown.steps.flatMap((step) => step.erases)).toEqual([]);
    expect(errors(unknown)).toContain('domain-unjudged idm-b');
  });

  it('is replaced by promoting another and taking it out: nobody is erased, and it is to be stopped', () => {
    const text = edited(
      three,
      (it) => removeServer(it, 'idm-a', { listRemoved: true }),
      link('idm-b', 'idm-c'),
    );
    const plan = planOf(text, except('idm-a'));
    expect(errors(plan)).toEqual([]);
    expect(outline(plan)).toEqual(['configure idm-b', 'configure idm-c', 'verify idm-b', 'verify idm-c']);
    for (const step of plan.steps.slice(0, 2))
      expect(step.diff).toContain('-[replication."repl://idm-a.example.com:8444"]');
    expect(said(plan)).toContain('stop-removed-server');
  });
});

describe('a third server', () => {
  it('is set up, and only it is erased; the second is not touched', () => {
    const text = edited(
      three,
      (it) => removeServer(it, 'idm-c', { listRemoved: false }),
      server('idm-c'),
      link('idm-a', 'idm-c'),
    );
    const plan = planOf(text, [
      { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] },
      { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] },
      { id: 'idm-c', domain: 'c', tables: null },
    ]);
    expect(errors(plan)).toEqual([]);
    expect(said(plan)).toContain('more-than-two-servers');
    expect(outline(plan)).toEqual([
      'configure idm-c',
      'read-certificate idm-c',
      'configure idm-a',
      'configure idm-c',
      'backup idm-c',
      'refresh idm-c !idm-c',
      'verify idm-a',
      'verify idm-b',
      'verify idm-c',
      'compare idm-c',
    ]);
  });
});

describe('removing a server', () => {
  it('takes its table out of its partners only, and says to stop it', () => {
    const plan = planOf(
      edited(three, (it) => removeServer(it, 'idm-c', { listRemoved: true })),
      except('idm-c'),
    );
    expect(outline(plan)).toEqual(['configure idm-a', 'verify idm-a', 'verify idm-b']);
    expect(plan.steps[0]).toMatchObject({
      summary: "Take repl://idm-c.example.com:8444 out of idm-a's links",
      erases: [],
    });
    expect(plan.problems.find((it) => it.code === 'stop-removed-server')).toMatchObject({
      severity: 'warning',
      fix: 'Stop kanidmd there, and see that it does not start again.',
    });
  });

  it('works while it is dead, and is said no more once its tables are gone', () => {
    const text = edited(three, (it) => removeServer(it, 'idm-c', { listRemoved: true }));
    const plan = planOf(text, [
      { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] },
      { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] },
    ]);
    expect(outline(plan)).toEqual([]);
    expect(said(plan)).not.toContain('stop-removed-server');
  });
});

describe('two servers that both hold data', () => {
  const pair: readonly SeenServer[] = [
    { id: 'idm-a', domain: 'a', tables: [] },
    { id: 'idm-b', domain: 'b', tables: [] },
  ];
  const drawn = edited(newFleet('Both'), server('idm-a'), server('idm-b'), link('idm-a', 'idm-b'));

  it('are one question: the link’s direction says whose data goes, and turning it round turns that', () => {
    expect(outline(planOf(drawn, pair))).toContain('refresh idm-b !idm-b');
    const turned = edited(drawn, (it) => turnLink(it, { supplier: 'idm-a', consumer: 'idm-b' }));
    const plan = planOf(turned, pair);
    expect(outline(plan)).toContain('refresh idm-a !idm-a');
    expect(outline(plan)).not.toContain('refresh idm-b !idm-b');
    const refresh = plan.steps.find((it) => it.action === 'refresh');
    expect(refresh?.why).toContain('accounts, sessions and tokens that exist only on idm-a are gone');
    expect(refresh?.requires).toContain('the backup of idm-a was read back');
  });
});

describe('a primary restored from a backup', () => {
  it('first: automatic refresh is taken off everywhere, before the restore', () => {
    const armed = edited(
      three,
      (it) => removeLink(it, { supplier: 'idm-a', consumer: 'idm-c' }),
      (it) => addLink(it, { supplier: 'idm-a', consumer: 'idm-c', mutual: false, automaticRefresh: true }),
    );
    const seen: readonly SeenServer[] = [
      { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull', 'idm-c allow-pull'] },
      ...except('idm-a', 'idm-c'),
      { id: 'idm-c', domain: 'a', tables: ['idm-a pull automatic'] },
    ];
    expect(outline(planOf(armed, seen))).toEqual([]);
    const calm = edited(armed, (it) =>
      updateLink(it, { supplier: 'idm-a', consumer: 'idm-c' }, { automaticRefresh: false }),
    );
    expect(outline(planOf(calm, seen))).toEqual(['configure idm-c', 'verify idm-c']);
    const refused = planOf(armed, seen, { refresh: [trusted<ServerId>('idm-b')] });
    expect(refused.blocked).toBe(true);
    expect(errors(refused)).toContain('automatic-refresh-after-restore null');
  });

  it('takes the data of a server that was not restored: only it is erased, by its new source', () => {
    const turned = edited(three, (it) => turnLink(it, { supplier: 'idm-a', consumer: 'idm-b' }));
    expect(outline(planOf(turned, deployed))).toEqual([]);
    const plan = planOf(turned, deployed, { refresh: [trusted<ServerId>('idm-a')] });
    expect(errors(plan)).toEqual([]);
    expect(outline(plan)).toEqual([
      'configure idm-a',
      'backup idm-a',
      'refresh idm-a !idm-a',
      'configure idm-a',
      'verify idm-b',
      'verify idm-a',
      'verify idm-c',
      'compare idm-a',
    ]);
    const [alone] = plan.steps;
    expect(alone?.action === 'configure' && alone.pullsFrom).toEqual([originOfTest('idm-b')]);
  });

  it('or its old data wins: all others are named, and cut off from each other until each has been refreshed', () => {
    const refresh = ['idm-b', 'idm-c'].map((id) => trusted<ServerId>(id));
    const plan = planOf(
      edited(three, link('idm-b', 'idm-c')),
      [
        { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull', 'idm-c mutual-pull'] },
        { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull', 'idm-c mutual-pull'] },
        { id: 'idm-c', domain: 'a', tables: ['idm-a mutual-pull', 'idm-b mutual-pull'] },
      ],
      { refresh },
    );
    expect(errors(plan)).toEqual([]);
    expect(outline(plan).slice(0, 2)).toEqual(['configure idm-c', 'configure idm-b']);
    for (const step of plan.steps.slice(0, 2))
      expect(step.action === 'configure' && step.pullsFrom).toEqual([]);
    expect(outline(plan).filter((it) => it.startsWith('refresh'))).toEqual([
      'refresh idm-b !idm-b',
      'refresh idm-c !idm-c',
    ]);
    expect(outline(plan).filter((it) => it.startsWith('compare'))).toEqual([
      'compare idm-b',
      'compare idm-c',
    ]);
  });

  it('is never a refresh of the primary itself: it has no source', () => {
    const plan = planOf(three, deployed, { refresh: [trusted<ServerId>('idm-a')] });
    expect(plan.blocked).toBe(true);
    expect(errors(plan)).toContain('primary-has-no-source null');
  });
});

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

  it('that is an address stays an error: older versions write none into a certificate', () => {
    const text = edited(three, (it) => updateServer(it, 'idm-b', { origin: null }));
    const own = observedOfTest(deployed[1] ?? gone('idm-b'));
    const address = {
      ...own,
      config: own.config && {
        ...own.config,
        replication: own.config.replication && { ...own.config.replication, origin: 'repl://192.0.2.7:8444' },
      },
    };
    const plan = planOf(text, [...except('idm-b'), address]);
    expect(errors(plan)).toContain('certificate-name idm-b');
    expect(outline(plan)).not.toContain('renew-certificate idm-b');
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
