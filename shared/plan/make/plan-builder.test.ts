import { describe, expect, it } from 'vitest';
import {
  domainOfTest,
  fleetOfTest,
  observedOfTest,
  originOfTest,
  readCertificateOfTest,
  type SeenServer,
} from '../../../test/support/fleet-fixtures';
import { type ServerId, trusted } from '../../base/names';
import { ownersOf } from '../../fleet/model/owners';
import type { ObservedServer } from '../../observed/observed';
import type { PlannedChange } from '../steps/configure';
import { builderOf } from './make-plan';
import { PlanBuilder } from './plan-builder';

/* What each step that is drawn waits for, erases and starts from, and what it could do that it is not there to do. */

const id = (name: string): ServerId => trusted<ServerId>(name);
const [A, B, C] = [id('idm-a'), id('idm-b'), id('idm-c')];
const FLEET = fleetOfTest(['idm-a', 'idm-b', 'idm-c'], []);
const draw = (...seen: readonly (SeenServer | ObservedServer)[]): PlanBuilder =>
  builderOf(
    FLEET,
    seen.map((it) => ('config' in it ? it : observedOfTest(it))),
  );
/** The same where nobody else may be restarted. */
const alone = (starting: ServerId | null, ...seen: readonly SeenServer[]): PlanBuilder => {
  const observed = seen.map(observedOfTest);
  return new PlanBuilder(observed, ownersOf(FLEET, observed), () => false, starting);
};
const outline = (it: PlanBuilder) => it.steps.map((step) => `${step.action} ${step.server}`);
const pin = (of: string, automaticRefresh = false): PlannedChange => ({
  kind: 'pin-partner',
  of: id(of),
  partner: { origin: originOfTest(of), type: 'mutual-pull', automaticRefresh },
  certificate: { known: readCertificateOfTest(of) },
});
const words = { summary: 'Write', why: 'a test', needs: [] };
const fileOf = (seen: SeenServer): string => observedOfTest(seen).file?.text ?? '';

const a: SeenServer = { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] };
const b: SeenServer = { id: 'idm-b', domain: 'b', tables: ['idm-a mutual-pull'] };
const linked = { ...b, domain: 'a' };
const empty: SeenServer = { id: 'idm-b', domain: 'a', tables: [] };

describe('a new file', () => {
  it('is no step where nothing changes, or where the file is not known', () => {
    const it = draw(a, linked);
    expect(it.configure(B, [pin('idm-a')], words)).toEqual({ ok: true, value: null });
    expect(it.configure(C, [pin('idm-a')], words)).toEqual({ ok: true, value: null });
    expect(it.putBack(B, fileOf(linked), words)).toMatchObject({ ok: true });
    expect(it.putBack(C, fileOf(linked), words)).toMatchObject({ ok: true });
    expect(it.steps).toEqual([]);
  });

  it('that kanidmd could not read is a fault, and no step', () => {
    const it = draw(a, linked);
    expect(it.putBack(B, 'version = ', words).ok).toBe(false);
    const { file, ...seen } = observedOfTest(linked);
    const broken = draw(a, { ...seen, file: file && { ...file, text: 'version = ' } });
    expect(broken.configure(B, [pin('idm-c')], words).ok).toBe(false);
    for (const { steps } of [it, broken]) expect(steps).toEqual([]);
  });

  it('starts from the one that was seen, then from what the step before left', () => {
    const it = draw({ ...a, tables: [] }, empty);
    const sha256 = it.server(B)?.file.sha256;
    it.configure(B, [pin('idm-a')], words);
    it.restart(B, 'between');
    it.configure(B, [pin('idm-c')], words);
    const froms = it.steps.flatMap((step) => (step.action === 'configure' ? [step.from] : []));
    expect(froms).toEqual([{ sha256 }, { after: it.steps[0]?.id }]);
  });

  it('over one that no process has read shows the whole of it, and says so; over one that was read it does not', () => {
    for (const stale of [false, true]) {
      const it = draw({ ...a, tables: [], stale: false }, { ...empty, stale });
      it.configure(B, [pin('idm-a')], words);
      const step = it.steps.find(({ action }) => action === 'configure');
      expect(step !== undefined && 'reads' in step).toBe(stale);
      expect(step?.why === words.why).toBe(!stale);
    }
  });

  it('says whose certificate it pins and until when, and that it is looked for before', () => {
    const it = draw({ ...a, tables: [] }, empty);
    it.configure(B, [pin('idm-a')], { ...words, requires: ['and this'] });
    const [step] = it.steps;
    expect(step?.diff).toMatch(/^\+.*\(idm-a’s, until 2046-11-23\)/m);
    expect(step?.requires.slice(-2)).toEqual(['idm-a shows the certificate that is pinned', 'and this']);
    const own = draw({ ...a, tables: [] });
    own.configure(A, [{ kind: 'set-bindaddress', bindaddress: '0.0.0.0:8555' }], words);
    expect(own.steps[0]?.requires.join()).not.toContain('that is pinned');
  });

  it('of a stale server is told beside why a file is put back, or it is restarted', () => {
    const newer = 'The server.toml of idm-b was changed after kanidmd started';
    for (const [stale, why] of [
      [true, new RegExp(`^a test ${newer}`)],
      [false, /^a test$/],
    ] as const) {
      const it = draw(a, { ...linked, stale });
      it.restart(B, 'a test');
      const back = draw(a, { ...linked, stale });
      back.putBack(B, `# earlier\n${fileOf(linked)}`, words);
      for (const { steps } of [it, back]) expect(steps.at(-1)?.why).toMatch(why);
    }
  });
});

describe('the risk of a restart', () => {
  const PAUSE = 'kanidmd restarts: logins on this server pause for a moment';
  const risk = (lost: string | null): string | undefined => {
    const trouble = { code: 'name-not-found', health: 'broken', cause: '', fix: '', at: 5, span: null };
    const evidence = `Unable to resolve '${originOfTest(lost ?? '')}' to ip:port`;
    const log = {
      ...{ from: 0, to: 9, startedAt: null, runningVersion: null, listening: true, rounds: [] },
      troubles: lost === null ? [] : [{ ...trouble, evidence } as never],
    };
    const it = draw({ ...observedOfTest({ ...linked, tables: ['idm-a pull', 'idm-c pull'] }), log });
    it.restart(B, '');
    return it.steps[0]?.risk;
  };

  it('is longer where a partner’s name does not resolve, and names that one alone', () => {
    expect(risk('idm-a')).toBe(
      `${PAUSE}; it cannot resolve repl://idm-a.example.com:8444, so it ignores the stop and is killed after some 40 s`,
    );
  });

  it('is a pause where every name resolves, or nothing says that it does not', () => {
    expect([risk(null), risk('idm-x')]).toEqual([PAUSE, PAUSE]);
  });
});

describe('a step', () => {
  it('waits for the last one of its server, and a proof for those of all it looks at', () => {
    const it = draw(a, linked, { id: 'idm-c', domain: 'a', tables: [] });
    const suppliers = [A, C].map((server) => ({ server, origin: originOfTest(server) }));
    it.verify(B, suppliers);
    for (const server of [A, B, C, A]) it.restart(server, 'a test');
    it.verify(B, suppliers);
    it.compare(B, A);
    expect(it.steps.map(({ id: step, needs }) => [step, [...needs].sort()])).toEqual([
      ...[
        ['1', []],
        ['2', []],
        ['3', ['1']],
        ['4', []],
        ['5', ['2']],
      ],
      ...[
        ['6', ['3', '4', '5']],
        ['7', ['5', '6']],
      ],
    ]);
  });

  it('that refreshes erases its own server alone, and says whether a person asked for it', () => {
    for (const [domain, asked] of [
      ['b', false],
      ['a', true],
    ] as const) {
      const it = draw(a, { ...b, domain });
      it.refresh(B, A, originOfTest('idm-a'), domainOfTest('a'), 'command');
      expect(it.steps).toMatchObject([{ asked, erases: ['idm-b'], source: 'idm-a' }]);
      expect(it.steps[0]).toMatchObject({ sourceHost: 'idm-a.example.com' });
      expect(it.steps[0]?.why.startsWith('You asked for it')).toBe(asked);
      expect(it.steps[0]?.requires).toContain(`idm-b still holds domain ${domainOfTest(domain)}`);
      expect(it.surprises).toEqual([]);
      expect(it.model.domain(B)).toBe(domainOfTest('a'));
    }
  });

  it('that backs up stops what cannot be backed up while it runs, and nothing else', () => {
    const stops = (more: Partial<ObservedServer>) => {
      const it = draw({ ...observedOfTest(b), ...more });
      it.backup(B);
      return it.steps.map((step) => step.action === 'backup' && step.stops);
    };
    expect([stops({ versionOnDisk: '1.8.6' }), stops({}), stops({ versionOnDisk: null })]).toEqual([
      [true],
      [false],
      [false],
    ]);
  });
});

describe('an erasure that no step is there to cause', () => {
  it('is found at the step that would cause it, unless it is there to cause it', () => {
    const fill = (mayErase: ServerId | null): PlanBuilder => {
      const it = draw(a, { ...b, tables: [] });
      it.configure(B, [pin('idm-a', true)], words, mayErase);
      return it;
    };
    const [unforeseen, meant] = [fill(null), fill(B)];
    expect(unforeseen.surprises).toMatchObject([
      { erased: 'idm-b', by: 'idm-a', asked: false, step: { action: 'configure' } },
    ]);
    expect(meant.surprises).toEqual([]);
    expect(meant.steps.at(-1)).toMatchObject({ action: 'configure', erases: ['idm-b'] });
  });

  it('by a file that is put back is named by that step, after a backup of whom it erases', () => {
    const it = draw(a, { ...b, tables: [] });
    it.putBack(B, fileOf({ ...b, tables: ['idm-a mutual-pull automatic'] }), words);
    expect(outline(it)).toEqual(['restart idm-a', 'backup idm-b', 'put-back idm-b']);
    expect(it.steps.at(-1)).toMatchObject({ erases: ['idm-b'] });
    expect(it.surprises).toEqual([]);
  });
});

describe('whoever may have been asked for a refresh earlier', () => {
  it('is restarted before a start, a restart or a file that lets it in', () => {
    const started = builderOf(FLEET, [observedOfTest(a), observedOfTest({ ...b, state: 'stopped' })], B);
    started.start(B, '');
    expect(outline(started)).toEqual(['restart idm-a', 'start idm-b']);
    const restarted = draw(a, { ...b, stale: true });
    restarted.restart(B, '');
    expect(outline(restarted)).toEqual(['restart idm-a', 'restart idm-b']);
    const written = draw(a, { ...b, tables: [] });
    written.configure(B, [pin('idm-a')], words);
    expect(outline(written)).toEqual(['restart idm-a', 'configure idm-b']);
    for (const it of [started, restarted, written]) expect(it.surprises).toEqual([]);
  });

  it('is restarted after whom its own unread file would let in', () => {
    const it = draw({ ...a, stale: true }, { ...b, tables: ['idm-a pull'] });
    it.configure(B, [pin('idm-a')], words);
    expect(outline(it)).toEqual(['restart idm-b', 'restart idm-a', 'configure idm-b']);
    expect(it.surprises).toEqual([]);
  });

  it('and may not be restarted is told as what the step could do, by that step', () => {
    const started = alone(B, a, { ...b, state: 'stopped' });
    started.start(B, '');
    const restarted = alone(null, a, { ...b, stale: true });
    restarted.restart(B, '');
    const written = alone(null, a, { ...b, tables: [] });
    written.configure(B, [pin('idm-a')], words);
    for (const it of [started, restarted, written]) {
      const [step] = it.steps;
      expect(outline(it)).toEqual([`${step?.action ?? ''} idm-b`]);
      expect(it.surprises).toEqual([{ erased: 'idm-a', by: 'idm-b', asked: true, step }]);
    }
  });
});
