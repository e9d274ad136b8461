import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  certificateOfTest,
  domainOfTest,
  fleetOfTest,
  observedOf,
  observedOfTest,
  originOfTest,
  readCertificateOfTest,
  type SeenServer,
} from '../../../test/support/fleet-fixtures';
import { type Origin, type ServerId, trusted } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { builderOf, planOf } from '../make/make-plan';
import type { PlanBuilder } from '../make/plan-builder';
import type { PlannedChange } from '../steps/configure';
import { makeRunbook } from './runbook';

/* Which file each chapter of a runbook writes, tests and looks for, and what an erase by hand looks at before. */

const [A, B] = [trusted<ServerId>('idm-a'), trusted<ServerId>('idm-b')];
const a: SeenServer = { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] };
const b: SeenServer = { id: 'idm-b', domain: 'b', tables: ['idm-a mutual-pull'] };
const words = { summary: 'a test', why: 'a test', needs: [] };
const FLEET = fleetOfTest(['idm-a', 'idm-b'], []);
const textOf = (seen: SeenServer | ObservedServer): string =>
  ('config' in seen ? seen : observedOfTest(seen)).file?.text ?? '';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The chapters of a runbook for what was drawn; the last is the way back. */
function chapters(seen: readonly (SeenServer | ObservedServer)[], draw: (builder: PlanBuilder) => void) {
  const observed = seen.map((it) => ('config' in it ? it : observedOfTest(it)));
  const builder = builderOf(FLEET, observed);
  draw(builder);
  const made = makeRunbook({ plan: planOf(builder, []), fleet: FLEET, observed, now: 0 });
  if (!made.ok) throw new Error(made.error.message);
  const [, ...parts] = made.value.split(/^## (?=Step \d+: |The way back)/m);
  return parts;
}

describe('a file', () => {
  const earlier = `# as it was\n${textOf(a)}`;

  it('that is put back is written whole, over the one that was read and no other', () => {
    const [chapter = '', back = ''] = chapters([a, b], (it) => it.putBack(A, earlier, words));
    expect(chapter).toContain(earlier);
    expect(chapter).toContain(`unchanged idm_a /etc/kanidm/server.toml ${sha256(textOf(a))}`);
    expect(chapter.indexOf('test_idm_a 1.idm-a.test.toml')).toBeGreaterThan(0);
    expect(back).toContain('1.idm-a.before.toml');
  });

  it('that follows another of the same server starts from that one, and the way back goes to the first', () => {
    const pin: PlannedChange = {
      ...{ kind: 'pin-partner', of: A, certificate: { known: readCertificateOfTest('idm-a') } },
      partner: { origin: originOfTest('idm-a'), type: 'pull', automaticRefresh: false },
    };
    const bind: PlannedChange = { kind: 'set-bindaddress', bindaddress: '0.0.0.0:8555' };
    const seen = [a, { ...b, domain: 'a' }].map((it) => ({ ...it, tables: [] }));
    const [first = '', second = '', back = ''] = chapters(seen, (it) => {
      for (const change of [pin, bind]) it.configure(B, [change], words);
    });
    const table = `[replication."${originOfTest('idm-a')}"]`;
    expect(first).toContain(table);
    expect(first).not.toContain('0.0.0.0:8555');
    expect(second).toContain(table);
    expect(second).toContain('0.0.0.0:8555');
    expect(back).toContain('1.idm-b.before.toml');
    expect(back).not.toContain('2.idm-b.before.toml');
  });

  it('that a start or a restart will read is tested first, unless a step before has written and tested it', () => {
    const restarted = chapters([a, b], (it) => it.restart(B, ''));
    expect(restarted[0]).toContain('test_idm_b 1.idm-b.test.toml');
    const started = chapters([a, { ...b, state: 'stopped', tables: [] }], (it) => it.start(B, ''));
    expect(started[0]).toContain('test_idm_b 1.idm-b.test.toml');
    expect(started[0]).toContain('service_idm_b start');
    const written = chapters([a, b], (it) => {
      it.putBack(A, earlier, words);
      it.restart(A, '');
      it.restart(B, '');
    });
    expect(written[1]).not.toContain('test_idm_a');
    expect(written[2]).toContain('test_idm_b 3.idm-b.test.toml');
    const configured = chapters([{ ...a, tables: [] }, b], (it) => {
      it.configure(A, [{ kind: 'set-bindaddress', bindaddress: '0.0.0.0:8555' }], words);
      it.restart(A, '');
    });
    expect(configured[1]).not.toContain('test_idm_a');
  });
});

describe('a file that does not fit', () => {
  /** What comes of a step whose file, or the server's own, is another one by now. */
  const madeOf = (draw: (it: PlanBuilder) => void, own: string, planned?: string) => {
    const observed = [a, b].map(observedOfTest);
    const builder = builderOf(FLEET, observed);
    draw(builder);
    const plan = planOf(builder, []);
    const steps = plan.steps.map((it) =>
      planned !== undefined && 'text' in it ? { ...it, text: planned } : it,
    );
    const seen = observed.map((it) => ({ ...it, file: it.file && { ...it.file, text: own } }));
    return makeRunbook({ plan: { ...plan, steps }, fleet: FLEET, observed: seen, now: 0 });
  };
  const putBack = (it: PlanBuilder): void => void it.putBack(A, `# as it was\n${textOf(a)}`, words);
  const bind = (it: PlanBuilder): void =>
    void it.configure(A, [{ kind: 'set-bindaddress', bindaddress: '0.0.0.0:8555' }], words);

  it.each([
    ['to be put back that is no TOML', putBack, textOf(a), 'no = [toml'],
    ['to be put back that is no server.toml', putBack, textOf(a), 'replication = "none"'],
    ['that cannot be changed', bind, 'no = [toml', undefined],
    ['that a restart would read', (it: PlanBuilder) => it.restart(A, ''), 'no = [toml', undefined],
  ])('is told as that, and no runbook is made: one %s', (_what, draw, own, planned) => {
    expect(madeOf(draw, own, planned)).toMatchObject({ ok: false, error: { where: { server: 'idm-a' } } });
  });

  it('and that no step reads is nothing to stop for', () => {
    const verify = (it: PlanBuilder): void => it.verify(A, [{ server: B, origin: originOfTest('idm-b') }]);
    expect(madeOf(verify, 'no = [toml')).toMatchObject({ ok: true });
  });
});

describe('a refresh by hand', () => {
  const refresh = (seen: readonly (SeenServer | ObservedServer)[], before?: (it: PlanBuilder) => void) => {
    const parts = chapters(seen, (it) => {
      before?.(it);
      it.refresh(B, A, originOfTest('idm-a'), domainOfTest('a'), 'command');
    });
    return parts.find((it) => it.includes('--i-want-to-refresh')) ?? '';
  };

  it('looks first at the backup, the file that was read, and the domains of both', () => {
    const chapter = refresh([a, b]);
    const looks = [
      'backed_up idm-b',
      `unchanged idm_b /etc/kanidm/server.toml ${sha256(textOf(b))}`,
      `in_domain idm_b ${domainOfTest('b')}`,
      `in_domain idm_a ${domainOfTest('a')}`,
      '--i-want-to-refresh',
    ].map((it) => chapter.indexOf(it));
    expect(looks).not.toContain(-1);
    expect(looks).toEqual([...looks].sort((x, y) => x - y));
  });

  it('looks for the file that a step before has written', () => {
    const chapter = refresh([a, b], (it) => it.putBack(B, `# as it was\n${textOf(b)}`, words));
    expect(chapter).toContain('unchanged idm_b /etc/kanidm/server.toml "$(digest < 1.idm-b.toml)"');
  });

  it('looks for no domain of a server that showed none', () => {
    const chapter = refresh([a, { ...observedOfTest(b), domain: null }]);
    const command = chapter.slice(0, chapter.indexOf('--i-want-to-refresh'));
    expect(command).not.toContain('in_domain idm_b');
    expect(command).not.toContain('null');
  });

  it('is proved by rounds at the port of the table that pulls, not of another on that host', () => {
    const partner = (port: number, type: 'allow-pull' | 'mutual-pull') => ({
      origin: trusted<Origin>(`repl://idm-a.example.com:${port}`),
      ...{ type, certificate: certificateOfTest('idm-a'), automaticRefresh: false },
    });
    const two = observedOf({
      ...{ id: 'idm-b', state: 'running', domain: domainOfTest('b'), origin: originOfTest('idm-b') },
      ...{ certificate: readCertificateOfTest('idm-b'), stale: false },
      partners: [partner(9999, 'allow-pull'), partner(8444, 'mutual-pull')],
    });
    const chapter = refresh([a, two]);
    expect(chapter).toContain('idm-a.example.com 8444');
    expect(chapter).not.toContain('9999');
  });
});
