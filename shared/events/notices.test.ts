import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Health } from '../kanidmd/health';
import { pullOf, reportOf, ruvOf, serverOf, servesOf } from '../../test/support/status-reports';
import type { StatusReport } from '../observed/status';
import type { CertificateDue } from './certificate-due';
import { Noticed } from './noticed';
import { Notices } from './notices';
import { isQuiet } from './quiet-hours';

const START = 1_764_400_000_000;

/** Looks at the health of one pull every ten seconds. @param quiet whether a look is in quiet hours */
function told(looks: readonly Health[], quiet: (look: number) => boolean = () => false) {
  const noticed = new Noticed();
  const notices = new Notices();
  return looks.flatMap((health, look) => {
    const report = reportOf({
      pulls: [
        pullOf('idm-b', 'idm-a', health, {
          cause: `It is ${health}.`,
          proof: [{ server: 'idm-b', span: null, at: START * 1000 }],
        }),
      ],
    });
    const at = look * 10_000;
    const events = noticed.look(report, { wall: START + at, monotonic: at });
    return notices.look(events, quiet(look), noticed.standing);
  });
}
const many = (count: number, health: Health): Health[] => Array.from({ length: count }, () => health);
const titles = (...args: Parameters<typeof told>) => told(...args).map(({ title }) => title);

describe('a notice of the desktop', () => {
  it('tells a break once, with its cause and its evidence, and its end once', () => {
    const looks = [...many(5, 'replicating'), ...many(60, 'broken'), ...many(60, 'replicating')];
    expect(titles(looks)).toEqual(['idm-b ← idm-a does not work', 'idm-b ← idm-a works again']);
    expect(told(looks)[0]?.text).toMatch(/^It is broken\. .*In the log of idm-b at \d\d:\d\d:\d\d UTC\.$/);
  });

  it('is one where something flaps, however fast', () => {
    for (const length of [1, 2, 3])
      expect(
        titles(
          Array.from({ length: 300 }, (_, n) =>
            Math.floor(n / length) % 2 === 0 ? ('broken' as const) : ('replicating' as const),
          ),
        ).length,
      ).toBeLessThanOrEqual(1);
  });

  it('never says the same twice in a row, whatever is seen, quiet or not', () => {
    const health = fc.constantFrom<Health>('replicating', 'broken', 'unknown', 'waiting', 'needs-refresh');
    const stretches = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), health), { maxLength: 30 });
    fc.assert(
      fc.property(stretches, fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }), (all, hours) => {
        const looks = all.flatMap(([count, it]) => many(count, it));
        const said = titles(looks, (look) => hours[Math.floor(look / 40) % hours.length] ?? false);
        said.forEach((title, n) => expect(title).not.toBe(said[n - 1]));
        // It begins with a break: what was never told as broken does not work again.
        expect(said[0] ?? 'does not work').toContain('does not work');
      }),
    );
  });

  /** Logins of a link; null: the watch began again, and they were not looked at yet. */
  function loginsTold(stretches: readonly (readonly [looks: number, state: 'good' | 'broken' | null])[]) {
    const [noticed, notices] = [new Noticed(), new Notices()];
    let passed = 0;
    return stretches.flatMap(([looks, state]) =>
      Array.from({ length: looks }, () => {
        passed += 10_000;
        const at = { wall: START + passed, monotonic: passed };
        const seen = reportOf({ pulls: [['idm-b', 'idm-a', 'replicating']] });
        const report = state === null ? seen : { ...seen, serves: servesOf(String(passed), {}, state) };
        return notices.look(noticed.look(report, at, ['idm-a', 'idm-b']), false, noticed.standing);
      }).flat(),
    );
  }

  it('tells of logins by turns what broke and what healed, however often the watch begins again', () => {
    const stretch = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom('good', 'broken', null));
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 6 }), (stretches) => {
        // Calm between them, and long enough: what a stretch ends with is told.
        const all = stretches.flatMap(([n, it]) => [[n, it] as const, [2, null] as const]);
        const said = loginsTold([
          ...all,
          [190, 'broken'],
          [3, null],
          [190, 'good'],
          [3, null],
          [190, 'broken'],
        ]);
        const kinds = said.map(({ title }) => title.replace('idm-b ← idm-a (logins) ', ''));
        kinds.forEach((it, n) => expect(it).toBe(n % 2 === 0 ? 'does not work' : 'works again'));
        expect(kinds.slice(-3)).toEqual(['does not work', 'works again', 'does not work']);
      }),
      { numRuns: 12 },
    );
  });

  it('is told again of what left the fleet and came back', () => {
    const [noticed, notices] = [new Noticed(), new Notices()];
    const broken = reportOf({ pulls: [['idm-b', 'idm-a', 'broken']] });
    const said = [broken, broken, broken, reportOf({}), broken, broken, broken].flatMap((report, n) => {
      const events = noticed.look(report, { wall: START + n * 10_000, monotonic: n * 10_000 });
      return notices.look(events, false, noticed.standing);
    });
    expect(said).toHaveLength(2);
  });

  it.each([
    ['', () => false],
    [', after quiet hours', (look: number) => look > 10 && look < 50],
  ])(
    'tells once that a server was restored to an older copy, with why, and that it is over%s',
    (_, quiet) => {
      const [noticed, notices] = [new Noticed(), new Notices()];
      const of = (state: 'read' | 'went-back', cause: string, fix: string) =>
        reportOf({ ruv: ruvOf(state, { cause, fix }) });
      const back = of('went-back', 'A change of 08:00 is gone.', 'Choose whose data wins.');
      const read = of('read', 'It knows 9 changes.', '');
      const said = [
        ...Array<StatusReport>(9).fill(read),
        ...Array<StatusReport>(60).fill(back),
        ...Array<StatusReport>(60).fill(read),
      ].flatMap((report, look) => {
        const events = noticed.look(report, { wall: START + look * 10_000, monotonic: look * 10_000 });
        return notices.look(events, quiet(look), noticed.standing);
      });
      expect(said).toEqual([
        {
          title: 'idm-b was restored to an older copy of its database',
          text: 'A change of 08:00 is gone. Choose whose data wins.',
        },
        { title: 'idm-b lacks no change of its own any more', text: 'It knows 9 changes.' },
      ]);
    },
  );

  it('waits for the end of quiet hours, and then tells only what still stands', () => {
    const looks = [...many(5, 'replicating'), ...many(60, 'broken')];
    expect(titles([...looks, ...many(30, 'broken')], (look) => look < 80)).toEqual([
      'idm-b ← idm-a does not work',
    ]);
    expect(titles([...looks, ...many(60, 'replicating')], (look) => look < 120)).toEqual([]);
  });

  it('is one where many things break at once', () => {
    const noticed = new Noticed();
    const notices = new Notices();
    const ids = Array.from({ length: 200 }, (_, n) => `idm-${n}`);
    const down = reportOf({ servers: ids.map((id) => serverOf(id, { state: 'stopped' })) });
    const said = [0, 10_000, 20_000, 30_000].flatMap((at) =>
      notices.look(noticed.look(down, { wall: START + at, monotonic: at }), false, noticed.standing),
    );
    expect(said).toMatchObject([{ title: '200 broke' }]);
  });
});

it('of many that happen at once, what broke and what ended comes first and is counted', () => {
  const about = { format: 1, at: START } as const;
  const verdict = (kind: 'broke' | 'healed', server: string) =>
    ({ ...about, kind, subject: { server }, since: START, cause: '', fix: '' }) as const;
  const due = (server: string, days: number): CertificateDue => ({
    ...{ ...about, kind: 'certificate-due', server, use: 'https', days, fingerprint: server },
    notAfter: '2026-11-29T08:00:00Z',
  });
  const notices = new Notices();
  const all = ['idm-1', 'idm-2', 'idm-3'].map((id) => verdict('broke', id));
  const standing = (events: readonly (typeof all)[number][]) =>
    events.map((event) => ({ subject: event.subject, event: { ...event, kind: 'broke' as const } }));
  notices.look(all, false, standing(all));
  const broke = verdict('broke', 'idm-8');
  const healed = all.map(({ subject }) => verdict('healed', subject.server));
  const said = notices.look([due('idm-9', 7), ...healed, due('idm-7', 0), broke], false, standing([broke]));
  expect(said).toEqual([
    {
      title: '1 broke, 1 certificate ended, 1 certificate to be renewed, 3 healed',
      text: 'idm-8 does not work. idm-7: its https certificate has ended. idm-9: its https certificate ends within 7 days. And 3 more.',
    },
  ]);
});

it('quiet hours go across midnight', () => {
  const night = { from: '22:00', to: '07:00' };
  for (const now of ['22:00', '23:59', '00:00', '06:59']) expect(isQuiet(night, now)).toBe(true);
  for (const now of ['07:00', '12:00', '21:59']) expect(isQuiet(night, now)).toBe(false);
  expect(isQuiet({ from: '12:00', to: '13:00' }, '12:30')).toBe(true);
  expect(isQuiet({ from: '12:00', to: '12:00' }, '12:00')).toBe(false);
  expect(isQuiet(null, '03:00')).toBe(false);
});
