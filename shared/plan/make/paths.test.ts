import { describe, expect, it } from 'vitest';
import { originOfTest, type SeenServer } from '../../../test/support/fleet-fixtures';
import {
  deployed,
  DOMAIN,
  edited,
  errors,
  except,
  gone,
  link,
  outline,
  planOf,
  said,
  server,
  three,
} from '../../../test/support/three-servers';
import { newFleet, removeServer, setDomainUuid } from '../../fleet/edit/edit-fleet';
import { addLink, removeLink, turnLink, updateLink } from '../../fleet/edit/edit-links';
import { type ServerId, trusted } from '../../base/names';

/*
 * The guided paths of docs/paths.md, with exactly the edits of the fleet file that they tell: what is planned, who is
 * erased, what is said.
 */

describe('a dead primary', () => {
  it('is said, with what to do', () => {
    const plan = planOf(three, [gone('idm-a'), ...except('idm-a')]);
    expect(outline(plan)).toEqual([]);
    const advice = plan.problems.find((it) => it.code === 'primary-not-seen');
    expect(advice?.fix).toContain('list its origin under [[removed]]');
    expect(advice?.fix).toContain('idm-b');
  });

  it('lets a link between the others be drawn while it is down', () => {
    const plan = planOf(edited(three, link('idm-b', 'idm-c')), [gone('idm-a'), ...except('idm-a')]);
    expect(plan.blocked).toBe(false);
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
      summary: 'Take repl://idm-c.example.com:8444 out of idm-a’s links',
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
