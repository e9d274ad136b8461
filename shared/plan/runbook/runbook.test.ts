import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fleetOfTest, observedOfTest, type SeenServer } from '../../../test/support/fleet-fixtures';
import type { Fleet, FleetServer } from '../../fleet/model/fleet';
import { makePlan } from '../make/make-plan';
import { makeServicePlan } from '../make/service-plan';
import { writeLocally } from '../commands/markdown';
import { makeRunbook } from './runbook';

const seen: readonly SeenServer[] = [
  { id: 'idm-a', domain: 'a', tables: null },
  { id: 'idm-b', domain: 'b', tables: null },
];
const inContainers = (fleet: Fleet): Fleet => ({
  ...fleet,
  servers: fleet.servers.map(({ id, origin }): FleetServer => ({
    ...{
      id,
      origin,
      connect: 'docker',
      endpoint: 'context://lab',
      container: `the ${id}`,
      certificates: null,
    },
    ...{ config: null, bindaddress: null, refreshFrom: null, position: null },
  })),
});

function runbookOf(servers = seen, change = (fleet: Fleet): Fleet => fleet, links = ['idm-a > idm-b']) {
  const fleet = change(
    fleetOfTest(
      servers.map((it) => it.id),
      links,
    ),
  );
  const observed = servers.map(observedOfTest);
  return makeRunbook({ plan: makePlan(fleet, observed), fleet, observed, now: Date.UTC(2026, 10, 26) });
}
const blocks = (markdown: string): string =>
  [...markdown.matchAll(/^(`{3,})bash.*\n([\s\S]*?)\n\1$/gm)].map(([, , text]) => text).join('\n');

describe('a runbook', () => {
  it('tests a copy of the file that a restart would read, before it restarts', () => {
    const [a, b] = [
      observedOfTest({ id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'], stale: true }),
      observedOfTest({ id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] }),
    ];
    const fleet = fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']);
    const plan = makePlan(fleet, [a, b]);
    const step = plan.steps.find((it) => it.action === 'restart' && it.server === 'idm-a');
    expect(step).toBeDefined();
    const made = makeRunbook({ plan, fleet, observed: [a, b], now: 0 });
    if (!made.ok) throw new Error(made.error.message);
    execFileSync('bash', ['-n'], { input: blocks(made.value) });
    const chapter = made.value.slice(made.value.indexOf(`## Step ${step?.id ?? ''}:`));
    const at = (text: string): number => chapter.indexOf(text);
    expect(at(`cat > ${step?.id ?? ''}.idm-a.test.toml`)).toBeGreaterThan(0);
    expect(at('unchanged idm_a /etc/kanidm/server.toml ')).toBeLessThan(at('test_idm_a '));
    expect(at('test_idm_a ')).toBeGreaterThan(0);
    expect(at('test_idm_a ')).toBeLessThan(at('restart idm_a '));
  });

  it.each([
    [
      'waits for replication that the environment alone switches on',
      { KANIDM_REPLICATION_ORIGIN: 'repl://a:8444' },
      true,
    ],
    ['does not wait for replication where there is none', {}, false],
  ])('%s', (_name, overrides, waits) => {
    const plain = observedOfTest({ id: 'idm-a', domain: 'a', tables: null });
    const one = { ...plain, facts: plain.facts && { ...plain.facts, overrides } };
    const fleet = fleetOfTest(['idm-a'], []);
    const plan = makeServicePlan(fleet, [one], { kind: 'restart', server: one.id });
    const made = makeRunbook({ plan, fleet, observed: [one], now: 0 });
    if (!made.ok) throw new Error(made.error.message);
    expect(made.value).toContain('restart idm_a ');
    expect(made.value.includes('the replication interface of idm-a has started')).toBe(waits);
  });

  it.each([
    ['over SSH', (fleet: Fleet) => fleet],
    ['of containers', inContainers],
  ])('%s is a script that bash reads, in the order of the plan', (_name, change) => {
    const made = runbookOf(seen, change);
    if (!made.ok) throw new Error(made.error.message);
    const markdown = made.value;
    execFileSync('bash', ['-n'], { input: blocks(markdown) });
    const steps = [...markdown.matchAll(/^## Step (\d+): /gm)].map((match) => match[1]);
    expect(steps).toEqual(steps.map((_step, index) => String(index + 1)));
    expect(markdown).toContain('**The whole database of idm-b**');
    expect(markdown).toContain('Nothing is merged');
    // The erase comes after the backup was proved, and every certificate that is known later is read before it is filled in.
    const at = (text: string): number => markdown.indexOf(text);
    expect(at('.backup) on idm-b holds domain')).toBeGreaterThan(0);
    expect(at('.backup) on idm-b holds domain')).toBeLessThan(
      at('--i-want-to-refresh-this-servers-database'),
    );
    const fills = [...markdown.matchAll(/^fill \S+ kanilink_placeholder__(\d+)__\S+ /gm)];
    for (const { 1: step, index } of fills)
      expect(at(`## Step ${step}: Read the certificate`)).toBeLessThan(index);
    expect(fills.length).toBeGreaterThan(0);
  });

  it('reads a fleet’s known_hosts beside the person’s own, whatever its path', () => {
    const made = runbookOf(seen, (fleet) => ({
      ...fleet,
      servers: fleet.servers.map((it): FleetServer =>
        it.connect === 'ssh' ? { ...it, knownHosts: '/lab/100% "k' } : it,
      ),
    }));
    expect(made).toMatchObject({ ok: true });
    expect(made.ok && made.value).toContain(
      String.raw`-o 'UserKnownHostsFile=~/.ssh/known_hosts "/lab/100%% \"k"'`,
    );
  });

  it('is not made of a plan that must not run, nor of one without steps', () => {
    const blocked = runbookOf(
      seen.map((it) => ({
        ...it,
        tables: it.id === 'idm-b' ? ['idm-a mutual-pull automatic'] : ['idm-b mutual-pull'],
      })),
    );
    expect(blocked).toMatchObject({ ok: false });
    expect(runbookOf(seen, undefined, [])).toMatchObject({ ok: false, error: { code: 'nothing-to-do' } });
    const away = seen.map((it) => ({ ...it, state: 'unreachable' as const, config: null, file: null }));
    expect(runbookOf(away)).toMatchObject({ ok: false, error: { code: 'plan-blocked' } });
  });
});

it('a file is written to the byte, whatever is in it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kl-runbook-'));
  const text = fc.string({
    unit: fc.constantFrom('a', '\n', '\r', '\t', "'", '$', '`', '\\', 'é', '\u0000', ' ', 'END_OF_FILE'),
  });
  try {
    fc.assert(
      fc.property(text, fc.boolean(), (body, closed) => {
        const bytes = new TextEncoder().encode(`${body}${closed ? '\n' : ''}`);
        execFileSync('bash', ['-c', writeLocally('out', bytes)], { cwd: folder });
        expect(readFileSync(join(folder, 'out')).equals(bytes)).toBe(true);
      }),
      {
        numRuns: 60,
        examples: [
          ['END_OF_FILE\nEND_OF_FILE_\n', true],
          ['', false],
          ['', true],
        ],
      },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
