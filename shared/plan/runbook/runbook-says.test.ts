import { describe, expect, it } from 'vitest';
import {
  domainOfTest,
  fleetOfTest,
  observedOfTest,
  type SeenServer,
} from '../../../test/support/fleet-fixtures';
import { plain } from '../commands/markdown';
import { makePlan } from '../make/make-plan';
import type { Plan } from '../model/plan';
import type { ObservedServer } from '../../observed/observed';
import { kindOf } from '../steps/step';
import { makeRunbook } from './runbook';

/* What a person reads in a runbook before and after each step: all that the plan says, and the way back. */

const a: SeenServer = { id: 'idm-a', domain: 'a', tables: null };
const b: SeenServer = { id: 'idm-b', domain: 'b', tables: null };

const made = (
  seen: readonly (SeenServer | ObservedServer)[],
  links: readonly string[],
  change = (plan: Plan): Plan => plan,
) => {
  const observed = seen.map((it) => ('config' in it ? it : observedOfTest(it)));
  const fleet = fleetOfTest(
    observed.map((it) => it.id),
    links,
  );
  const plan = change(makePlan(fleet, observed));
  return { plan, runbook: makeRunbook({ plan, fleet, observed, now: 0 }) };
};
const written = (...args: Parameters<typeof made>) => {
  const { plan, runbook } = made(...args);
  if (!runbook.ok) throw new Error(runbook.error.message);
  const [head = '', ...chapters] = runbook.value.split(/^## /m);
  const chapter = (title: string): string => chapters.find((it) => it.startsWith(title)) ?? '';
  return { plan, head, chapter, all: runbook.value };
};
const code = (...args: Parameters<typeof made>): string => {
  const { runbook } = made(...args);
  return runbook.ok ? '' : `${runbook.error.code} ${runbook.error.message}`;
};

describe('a chapter', () => {
  it.each([['idm-a > idm-b'], ['idm-a ~> idm-b automatic']])('of "%s" says all of its step', (link) => {
    const { plan, chapter, head } = written([a, b], [link]);
    for (const step of plan.steps) {
      const text = chapter(`Step ${step.id}:`);
      expect(text).toContain(plain(step.why));
      expect(text.includes('Risk: ')).toBe(step.risk !== '');
      expect(text).toContain(plain(step.risk));
      expect(text.includes('It needs that ')).toBe(step.requires.length > 0);
      for (const needed of step.requires) expect(text).toContain(plain(needed));
      expect(text.includes('```diff')).toBe(step.diff !== '');
      expect(text).toContain(step.diff);
      const row = head.split('\n').find((line) => line.startsWith(`| ${step.id} |`)) ?? '';
      const bold = step.erases.length > 0 ? '**erases idm-b**' : '';
      expect(row).toBe(`| ${step.id} | ${step.server} | ${plain(step.summary)} | ${bold} |`);
      const erases = step.erases.length > 0 && !kindOf(step).saysWhomItErases;
      expect(text.includes('**This step erases')).toBe(erases);
      if (erases) expect(text).toContain('**This step erases the whole database of idm-b**');
    }
    expect(plan.steps.some((step) => step.erases.length > 0)).toBe(true);
  });

  it('says nothing of what its step does not need, risk or change', () => {
    const { plan, chapter, head } = written([a, b], ['idm-a > idm-b'], (it) => ({
      ...it,
      problems: [],
      steps: it.steps.map((step) => ({ ...step, requires: [], risk: '', diff: '' })),
    }));
    for (const { id, summary, why } of plan.steps) {
      const text = chapter(`Step ${id}:`);
      expect(text.startsWith(`Step ${id}: ${plain(summary)}\n\n${plain(why)}\n\n`)).toBe(true);
      expect(text).not.toContain('```diff');
    }
    // No empty paragraph stands where a part is left out.
    expect(head).not.toMatch(/\n{3}/);
  });
});

it('the chapter of a refresh says whose data goes, as far as that is known', () => {
  const { plan, chapter } = written([a, b], ['idm-a > idm-b']);
  const refresh = plan.steps.find((it) => it.action === 'refresh');
  const text = chapter(`Step ${refresh?.id ?? ''}:`);
  expect(text).toContain(`Its whole database, domain ${domainOfTest('b')}, with all accounts`);
});

describe('before the first step', () => {
  it('stands who is erased, and nothing of it where nobody is', () => {
    expect(written([a, b], ['idm-a > idm-b']).chapter('What is erased')).toContain(
      '**The whole database of idm-b**',
    );
    const { all } = written([a, { ...b, domain: 'a' }], ['idm-a > idm-b']);
    expect(all).not.toContain('What is erased');
    expect(all).toMatch(/[^\n]\n\n## Before the first step\n/);
  });

  it('stand the problems of the plan, where it has any', () => {
    const problem = {
      code: 'x',
      severity: 'warning',
      server: null,
      message: 'Mind the gap.',
      fix: 'Jump.',
    } as never;
    const { head } = written([a, b], ['idm-a > idm-b'], (plan) => ({ ...plan, problems: [problem] }));
    expect(head).toContain('\n- warning: Mind the gap. Jump.');
    const without = written([a, b], ['idm-a > idm-b'], (plan) => ({ ...plan, problems: [] }));
    expect(without.head.trim().split('\n').at(-1)).toMatch(/^\| \d/);
  });

  it('stands of which plan it is, and its folder is called after that', () => {
    const { plan, head, chapter } = written([a, b], ['idm-a > idm-b']);
    expect(head).toContain(` from plan ${plan.fingerprint.slice(0, 16)}. It holds`);
    const folder = `kanilink-runbook-${plan.fingerprint.slice(0, 8)}`;
    expect(chapter('Before the first step')).toContain(`mkdir -p ${folder} && cd ${folder}; }\n`);
  });

  it('each server is reached, and asked for its domain', () => {
    const text = written([a, b], ['idm-a > idm-b']).chapter('Before the first step');
    for (const id of ['idm-a', 'idm-b']) {
      expect(text).toContain(`\n- ${id}: `);
      expect(text).toContain(`echo "${id}: $(domain ${id.replace('-', '_')})"`);
    }
  });
});

describe('the way back', () => {
  it('puts back what each server had at first, the server that was written last first', () => {
    const { plan, chapter } = written([a, b], ['idm-a > idm-b']);
    const writes = plan.steps.filter((it) => it.action === 'configure');
    const firsts = ['idm-a', 'idm-b'].map((id) => writes.find((it) => it.server === id)?.id);
    const put = [...chapter('The way back').matchAll(/^put \S+ \S+ (\d+)\.(\S+)\.before\.toml/gm)];
    expect(put.map(([, step]) => step).sort()).toEqual([...firsts].sort());
    expect(put[0]?.[2]).toBe(writes.at(-1)?.server);
  });

  it('restores who was refreshed, with a file without the source', () => {
    const mutual = [
      { ...a, tables: ['idm-b mutual-pull', 'idm-c mutual-pull'] },
      { ...b, tables: ['idm-a mutual-pull', 'idm-c mutual-pull'] },
      { id: 'idm-c', domain: 'a', tables: ['idm-a mutual-pull', 'idm-b mutual-pull'] },
    ];
    const text = written(mutual, ['idm-a > idm-b', 'idm-a > idm-c', 'idm-c > idm-b']).chapter('The way back');
    const file = /cat > restore\.idm-b\.toml[^]*?\n[A-Z_]+\n/.exec(text)?.[0] ?? '';
    expect(file).toContain('[replication."repl://idm-c');
    expect(file).not.toContain('[replication."repl://idm-a');
    expect(text).toMatch(/same minor version of kanidmd \(1\W*10\W*5\)/);
    expect(text).not.toContain('restore.idm-c');
  });

  it('has nothing where nothing is written', () => {
    const stale = { ...a, tables: [], stale: true };
    expect(written([stale], []).chapter('The way back').trim()).toBe('The way back');
  });
});

describe('no runbook is made', () => {
  it('of servers that were not looked at, or that the fleet does not list', () => {
    const observed = [a, b].map(observedOfTest);
    const fleet = fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']);
    const plan = makePlan(fleet, observed);
    const without = { ...fleet, servers: fleet.servers.slice(1) };
    expect(() => makeRunbook({ plan, fleet, observed: observed.slice(1), now: 0 })).toThrow('names idm-a');
    expect(() => makeRunbook({ plan, fleet: without, observed, now: 0 })).toThrow('names idm-a');
  });

  it('of a plan that is blocked, and the error that blocks it is told', () => {
    const problems = [
      { severity: 'warning', server: null, message: 'Only a warning.' },
      { severity: 'error', server: 'idm-a', message: 'Of one server.' },
      { severity: 'error', server: null, message: 'Of the fleet.' },
    ] as never;
    const blocked = (plan: Plan): Plan => ({ ...plan, problems, blocked: true });
    expect(code([a, b], ['idm-a > idm-b'], blocked)).toMatch(/^plan-blocked .*: Of the fleet\.$/);
    const ofOne = (plan: Plan): Plan => ({ ...blocked(plan), problems: blocked(plan).problems.slice(0, 2) });
    expect(code([a, b], ['idm-a > idm-b'], ofOne)).toMatch(/^plan-blocked .*: Of one server\.$/);
  });

  it('with a value that no command may hold', () => {
    const at = (path: string): ObservedServer => {
      const { facts, file, ...seen } = observedOfTest(b);
      return {
        ...seen,
        facts: facts && { ...facts, configPath: path },
        file: file && { ...file, path },
      };
    };
    const database = (path: string): ObservedServer => {
      const seen = observedOfTest(b);
      return { ...seen, config: seen.config && { ...seen.config, dbPath: path } };
    };
    for (const [it, says] of [
      [at('-c'), 'the path of its server.toml is "-c"'],
      [at('/etc/\u001b[2J'), 'the path of its server.toml is "/etc/'],
      [at('kanidm.toml'), 'is "kanidm.toml", which is not absolute'],
      [database('kanidm.db'), 'is "kanidm.db", which is not absolute'],
    ] as const) {
      const said = code([a, it], ['idm-a > idm-b']);
      expect(said).toContain('value-unfit');
      expect(said).toContain(says);
      // Why is said of what is so, and of nothing else.
      expect(said.includes('which is not absolute')).toBe(says.includes('absolute'));
    }
    expect(code([a, at('/etc/-kanidm-.toml')], ['idm-a > idm-b'])).toBe('');
    // Nor where no copy of a file could be tested.
    const deep = database(`/${'x'.repeat(100)}/kanidm.db`);
    expect(code([a, deep], ['idm-a > idm-b'])).toContain('socket-path-too-long');
  });
});

describe('a comparison', () => {
  it.each([
    ['is made where both are backed up while they run', '1.10.5', '1.10.5', true],
    ['is not where the one is not', '1.8.6', '1.10.5', false],
    ['is not where the other is not', '1.10.5', '1.8.6', false],
  ])('%s', (_what, mine, theirs, compared) => {
    const { plan, chapter } = written(
      [
        { ...a, version: mine },
        { ...b, version: theirs },
      ],
      ['idm-a > idm-b'],
    );
    const step = plan.steps.find((it) => it.action === 'compare');
    const text = chapter(`Step ${step?.id ?? ''}:`);
    expect(text.includes("echo 'proved: idm-")).toBe(compared);
    expect(text.includes('cannot be compared while they run')).toBe(!compared);
    for (const id of ['idm_a', 'idm_b']) {
      const path = `"$at_${id}/compare-$stamp.json.gz"`;
      const backsUp = `backup_folder_${id} && kanidmd_${id} scripting backup ${path} > /dev/null`;
      for (const part of [
        `at_${id}=/var/lib/kanidm`,
        backsUp,
        `$(states ${id} ${path})`,
        `forget_${id} ${path}`,
      ])
        expect(text.includes(part)).toBe(compared);
    }
  });
});
