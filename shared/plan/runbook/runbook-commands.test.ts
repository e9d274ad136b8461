import { describe, expect, it } from 'vitest';
import {
  certificateOfTest,
  domainOfTest,
  fleetOfTest,
  observedOfTest,
  type SeenServer,
} from '../../../test/support/fleet-fixtures';
import type { ObservedServer } from '../../observed/observed';
import { builderOf, makePlan, planOf } from '../make/make-plan';
import { makeRenewPlan } from '../make/renew-plan';
import type { Plan } from '../model/plan';
import type { Step } from '../steps/step';
import { digestOf } from '../commands/write-file';
import { makeRunbook } from './runbook';

/* The commands of a runbook look before they change anything, and erase nobody whose backup they did not see. */

const a: SeenServer = { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] };
const b: SeenServer = { id: 'idm-b', domain: 'b', tables: ['idm-a mutual-pull'] };
const PATH = '/etc/kanidm/server.toml';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** @returns the commands of a step, line by line, in their order; those marked if-needed apart. */
function commandsOf(
  seen: readonly (SeenServer | ObservedServer)[],
  links: readonly string[],
  drawn: (fleet: ReturnType<typeof fleetOfTest>, seen: readonly ObservedServer[]) => Plan = makePlan,
) {
  const observed = seen.map((it) => ('config' in it ? it : observedOfTest(it)));
  const fleet = fleetOfTest(
    observed.map((it) => it.id),
    links,
  );
  const plan = drawn(fleet, observed);
  const made = makeRunbook({ plan, fleet, observed, now: 0 });
  if (!made.ok) throw new Error(made.error.message);
  const chapters = made.value.split(/^## /m);
  return (action: Step['action'], server: string, nth = 0) => {
    const step = plan.steps.filter((it) => it.action === action && it.server === server)[nth];
    const text = chapters.find((it) => it.startsWith(`Step ${step?.id ?? ''}:`)) ?? '';
    const lines = [...text.matchAll(/^(`{3,})bash\n([^]*?)\n\1$/gm)].flatMap(([, , block = '']) =>
      block.split('\n').map((line) => line.replace(/ &&$/, '')),
    );
    return { step, text, lines };
  };
}
/** The lines that stand there, in this order. */
const inOrder = (lines: readonly string[], ...wanted: readonly (string | RegExp)[]): void => {
  const places = wanted.map((it) =>
    lines.findIndex((line) => (typeof it === 'string' ? line === it : it.test(line))),
  );
  expect(places, wanted.join('\n')).not.toContain(-1);
  expect(places).toEqual(places.toSorted((x, y) => x - y));
};

describe('a refresh', () => {
  it('is asked for only after the backup, the file and both domains were looked at', () => {
    const { lines } = commandsOf([a, b], ['idm-a > idm-b'])('refresh', 'idm-b');
    inOrder(
      lines,
      'backed_up idm-b',
      `in_domain idm_b ${domainOfTest('b')}`,
      `in_domain idm_a ${domainOfTest('a')}`,
      'clock_idm_b > idm-b.since',
      'kanidmd_idm_b refresh-replication-consumer --i-want-to-refresh-this-servers-database',
      /^wait_for 300 .* refreshed idm_b "\$\(cat idm-b\.since\)" idm-a\.example\.com 8444$/,
      /^wait_for 60 .* one_domain idm_b idm_a$/,
    );
    inOrder(
      lines,
      'backed_up idm-b',
      /^unchanged idm_b \/etc\/kanidm\/server\.toml /,
      /^kanidmd_idm_b refresh/,
    );
  });

  it('that comes by itself is only looked for', () => {
    const of = commandsOf([a, b], ['idm-a ~> idm-b automatic']);
    const { step, lines } = of('refresh', 'idm-b');
    expect(step).toMatchObject({ by: 'automatic' });
    expect(lines.join('\n')).not.toContain('refresh-replication-consumer');
    inOrder(lines, /refreshed idm_b .* idm-a\.example\.com 8444$/);
    // The file that arms it is written once the backup was seen.
    const arms = [0, 1, 2].map((nth) => of('configure', 'idm-b', nth)).find((it) => it.step?.erases.length);
    inOrder(arms?.lines ?? [], 'backed_up idm-b', `put idm_b ${PATH} ${arms?.step?.id ?? ''}.idm-b.toml`);
  });
});

describe('a backup', () => {
  it('is proved to hold the domain', () => {
    const { lines } = commandsOf([a, b], ['idm-a > idm-b'])('backup', 'idm-b');
    inOrder(
      lines,
      'backup_folder_idm_b',
      /^kanidmd_idm_b scripting backup /,
      new RegExp(`= ${domainOfTest('b')} \\]`),
    );
  });

  it.each([
    ['no database', { config: null }],
    ['no domain', { domain: null }],
  ])('of a server that says %s is none, and the person stops there', (_what, more) => {
    const observed = observedOfTest(b);
    const { text, lines } = commandsOf([a, observed], [], (fleet, seen) => {
      const builder = builderOf(fleet, seen);
      builder.backup(observed.id);
      Object.assign(observed, more);
      return planOf(builder, []);
    })('backup', 'idm-b');
    expect(text).toContain('**Stop here.**');
    expect(lines).toEqual([]);
  });
});

describe('a file', () => {
  const same: SeenServer = { ...b, domain: 'a' };

  it('is put in place once the old one and the pinned certificates were looked at', () => {
    const of = commandsOf([{ ...a, tables: [] }, same], ['idm-a > idm-b']);
    const { lines, step, text } = of('configure', 'idm-a');
    expect(text).toContain('Write it here first:');
    expect(text).toContain('was made from, and the certificates that are pinned are still shown.');
    const id = step?.id ?? '';
    const old = observedOfTest({ ...a, tables: [] }).file?.text ?? '';
    inOrder(
      lines,
      `test_idm_a ${id}.idm-a.test.toml`,
      `unchanged idm_a ${PATH} ${digestOf(bytes(old))}`,
      `same_certificate idm_b ${digestOf(bytes(`${certificateOfTest('idm-b')}\n`))}`,
      `keep idm_a ${PATH} ${id}.idm-a.before.toml`,
      `put idm_a ${PATH} ${id}.idm-a.toml`,
      'restart idm_a idm-a.since',
      /^wait_for 90 .* domain_is_shown idm_a$/,
    );
    expect(lines.join('\n')).not.toMatch(/^(fill|backed_up) /m);
  });

  it('gets certificates that were read before, and goes on from the file written before', () => {
    const of = commandsOf(
      [
        { ...a, tables: null },
        { ...b, tables: null },
      ],
      ['idm-a > idm-b'],
    );
    const { lines, step, text } = of('configure', 'idm-b', 1);
    expect(text).toContain('Write it here first; the certificates that were read before are put in:');
    expect(text).toContain('is still the one this runbook was made from.');
    const read = of('read-certificate', 'idm-a').step?.id;
    inOrder(
      lines,
      new RegExp(`^fill ${step?.id ?? ''}\\.idm-b\\.toml \\S+ certificate-${read ?? ''}\\.idm-a$`),
      /^unchanged idm_b \S+ [0-9a-f]{64}$/,
    );
    expect(of('read-certificate', 'idm-a').lines.join('\n')).toContain(`certificate-${read ?? ''}.idm-a`);
  });

  it('that follows one filled in here is compared with that one', () => {
    const fresh = [a, b, { ...b, id: 'idm-c', domain: 'c' }].map((it) => ({ ...it, tables: null }));
    const of = commandsOf(fresh, ['idm-a > idm-b', 'idm-a > idm-c', 'idm-b > idm-c']);
    const { lines, step } = of('configure', 'idm-c', 2);
    const earlier = step?.action === 'configure' && 'after' in step.from ? step.from.after : '';
    inOrder(lines, `unchanged idm_c ${PATH} "$(digest < ${earlier}.idm-c.toml)"`);
  });
});

it('a renewal waits for another certificate than the one before', () => {
  const of = commandsOf([a, { ...b, domain: 'a' }], ['idm-a > idm-b'], (fleet, seen) =>
    makeRenewPlan(fleet, seen, observedOfTest(b).id),
  );
  const { lines, step } = of('renew-certificate', 'idm-b');
  inOrder(lines, /^save_certificate idm_b idm-b\.old '' && kanidmd_idm_b renew-replication-certificate$/);
  expect(lines.join('\n')).toMatch(
    new RegExp(`save_certificate idm_b certificate-${step?.id ?? ''}\\.idm-b idm-b\\.old`),
  );
});

it('a proof is of each supplier, since a moment before, with one domain and no complaint', () => {
  const { lines } = commandsOf(
    [
      { ...a, tables: [] },
      { ...b, domain: 'a' },
    ],
    ['idm-a > idm-b'],
  )('verify', 'idm-b');
  inOrder(
    lines,
    'clock_idm_b > idm-b.since',
    'clock_idm_a > idm-a.verify',
    /^wait_for 50 .* pulled idm_b "\$\(cat idm-b\.since\)" idm-a\.example\.com 8444$/,
    'proved_domain idm_b idm_a',
    'no_complaint idm_a "$(cat idm-a.verify)"',
    "echo 'proved: idm-b pulls'",
  );
});

it('a proof is waited for as long as the server takes for two rounds and some more', () => {
  const { config, ...seen } = observedOfTest({ ...b, domain: 'a' });
  const replication = config?.replication && { ...config.replication, taskPollInterval: 60 };
  const slow = { ...seen, config: config && { ...config, replication: replication ?? null } };
  const { lines } = commandsOf([{ ...a, tables: [] }, slow], ['idm-a > idm-b'])('verify', 'idm-b');
  inOrder(lines, /^wait_for 140 .* pulled idm_b /);
});
