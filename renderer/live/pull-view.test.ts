import { describe, expect, it } from 'vitest';
import type { Moment } from '../../shared/base/moment';
import type { LayerPull } from '../../shared/fleet/difference/difference';
import type { PullHealth } from '../../shared/kanidmd/health';
import type { StatusReport, StatusServer } from '../../shared/observed/status';
import { linkWords } from './link-words';
import { BELIEVED_FOR } from '../../shared/ipc';
import { type Sight, toneOf, viewPull, worstOf } from './pull-view';
import { summarise } from './summary';

const clock = (ms: number): Moment => ({
  wall: Date.parse('2026-11-23T15:30:00Z') + ms,
  monotonic: 5000 + ms,
});
const now = clock(0);
const ends = { consumer: 'idm-b', supplier: 'idm-a' };
const pull: LayerPull = { ...ends, drawn: true, runs: true };

const good: PullHealth = {
  ...ends,
  health: 'replicating',
  cause: 'The newest round succeeded.',
  fix: '',
  lastSuccess: '2026-11-23T15:29:56Z',
};
const seen = (known: PullHealth, more: Partial<Sight> = {}): Sight => {
  const report: StatusReport = { servers: [], pulls: [known], undrawn: [], problems: [] };
  return { report, at: now, live: true, lostBecause: '', ...more };
};

describe('green is shown only while it is proved', () => {
  it('for a fresh report of a live stream that says so', () => {
    expect(viewPull(pull, seen(good), now).health).toBe('replicating');
  });

  it('not when the stream was lost a moment ago', () => {
    const view = viewPull(pull, seen(good, { live: false, lostBecause: 'The watch was lost.' }), now);
    expect(view).toMatchObject({ health: 'unknown', cause: 'The watch was lost.' });
  });

  it('not when the report has grown old', () => {
    expect(viewPull(pull, seen(good), clock(BELIEVED_FOR)).health).toBe('replicating');
    expect(viewPull(pull, seen(good), clock(BELIEVED_FOR + 1)).health).toBe('unknown');
  });

  it.each([
    ['set back by an hour', -3_600_000, 0],
    ['set forward by an hour', 3_600_000, 0],
    ['set back, long after', -3_600_000, BELIEVED_FOR + 1],
  ])('not when the clock was %s since it came', (_, wall, monotonic) => {
    const later = { wall: now.wall + wall, monotonic: now.monotonic + monotonic };
    expect(viewPull(pull, seen(good), later).health).toBe('unknown');
  });

  it('not before anything was seen, nor for another pull', () => {
    expect(viewPull(pull, { report: null, at: null, live: false, lostBecause: '' }, now).health).toBe(
      'unknown',
    );
    const other = { ...pull, consumer: 'idm-a', supplier: 'idm-b' };
    expect(viewPull(other, seen(good), now).health).toBe('unknown');
  });

  it('and no other health is green', () => {
    const tones = (['waiting', 'needs-refresh', 'broken', 'paused', 'unknown', 'new'] as const).map(toneOf);
    expect(tones).not.toContain('good');
  });
});

describe('a pull that is drawn and has no table', () => {
  const never: PullHealth = { ...good, health: 'unknown', lastSuccess: null };
  const drawn: LayerPull = { ...pull, runs: false };

  it('is new; one of which it is not known whether it has, is not', () => {
    expect(viewPull(drawn, seen(never), now).health).toBe('new');
    expect(viewPull(pull, seen(never), now).health).toBe('unknown');
    expect(viewPull({ ...pull, runs: null }, seen(never), now).health).toBe('unknown');
  });

  it('is not new when it is seen to run, or is broken', () => {
    expect(viewPull(drawn, seen(good), now).health).toBe('replicating');
    expect(viewPull(drawn, seen({ ...never, health: 'broken' }), now).health).toBe('broken');
  });

  it('is new while one of its servers is down: that proves nothing of it', () => {
    const sight = seen({ ...never, health: 'broken' });
    const report = sight.report && {
      ...sight.report,
      servers: [{ id: 'idm-a', state: 'stopped' } as StatusServer],
    };
    expect(viewPull(drawn, { ...sight, report }, now).health).toBe('new');
  });
});

describe('a pull that runs', () => {
  it('and is not drawn any more keeps its health, and is to be removed', () => {
    const undrawn = seen(good).report;
    const report = undrawn && { ...undrawn, pulls: [], undrawn: [good] };
    const gone = { ...pull, drawn: false };
    for (const sight of [seen(good), { ...seen(good), report }])
      expect(viewPull(gone, sight, now)).toMatchObject({ health: 'replicating', removed: true });
  });

  it('and is drawn again was never new', () => {
    const report = seen(good).report;
    const sight = { ...seen(good), report: report && { ...report, pulls: [], undrawn: [good] } };
    expect(viewPull(pull, sight, now)).toMatchObject({ health: 'replicating', removed: false });
  });

  it('with a server that has not answered is not known, and names it', () => {
    const report = seen(good).report;
    const sight = { ...seen(good), report: report && { ...report, pulls: [] } };
    expect(viewPull(pull, sight, now).cause).toBe('Not known: idm-b and idm-a have not answered yet.');
  });
});

describe('in words', () => {
  const view = viewPull(pull, seen(good), now);
  const back = { ...view, consumer: 'idm-a', supplier: 'idm-b', lastSuccess: now.wall - 9000 };
  const broken = { ...back, health: 'broken' as const, cause: 'idm-a does not trust idm-b: it was renewed.' };

  it('a link that works says which ways and how old its older pull is', () => {
    expect(linkWords([view, back], now.wall)).toBe('both ways · 9 s ago');
    expect(linkWords([view], now.wall)).toBe('one way · 4 s ago');
  });

  it('a link with one broken pull says that pull’s cause', () => {
    expect(worstOf([view, broken])).toBe(broken);
    expect(linkWords([view, broken], now.wall)).toBe('idm-a does not trust idm-b');
  });

  it('the fleet is as well as its worst pull', () => {
    expect(summarise([view, back], [])).toEqual({ tone: 'good', text: 'both pulls replicating' });
    expect(summarise([view, broken], [])).toEqual({ tone: 'bad', text: '1 of 2 pulls broken' });
    expect(summarise([view, broken], [], 0, true).text).toBe('1 of 2 pulls broken, while it deploys');
    const drawn = { ...view, health: 'new' as const };
    expect(summarise([drawn, drawn], []).text).toBe('both pulls not deployed');
    expect(summarise([drawn, drawn], [], 0, true).text).toBe('both pulls not deployed yet');
    expect(summarise([], [])).toEqual({ tone: 'quiet', text: 'no links yet' });
    expect(summarise([], ['idm-a'])).toEqual({ tone: 'quiet', text: '1 server not read' });
  });
});
