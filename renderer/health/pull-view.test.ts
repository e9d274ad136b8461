import { describe, expect, it } from 'vitest';
import type { StatusPull, StatusReport } from '../../shared/observed';
import { linkWords } from './link-words';
import { BELIEVED_FOR, type Sight, toneOf, viewPull, worstOf } from './pull-view';
import { summarise } from './summary';

const now = Date.parse('2026-11-23T15:30:00Z');
const pull = { consumer: 'idm-b', supplier: 'idm-a' };
const none = new Set<string>();

const good: StatusPull = {
  ...pull,
  health: 'replicating',
  cause: 'The newest round succeeded.',
  fix: '',
  lastSuccess: '2026-11-23T15:29:56Z',
};
const seen = (known: StatusPull, more: Partial<Sight> = {}): Sight => {
  const report: StatusReport = { servers: [], pulls: [known], problems: [] };
  return { report, at: now, live: true, lostBecause: '', ...more };
};

describe('green is shown only while it is proved', () => {
  it('for a fresh report of a live stream that says so', () => {
    expect(viewPull(pull, seen(good), now, none).health).toBe('replicating');
  });

  it('not when the stream was lost a moment ago', () => {
    const view = viewPull(pull, seen(good, { live: false, lostBecause: 'The watch was lost.' }), now, none);
    expect(view).toMatchObject({ health: 'unknown', cause: 'The watch was lost.' });
  });

  it('not when the report has grown old', () => {
    expect(viewPull(pull, seen(good), now + BELIEVED_FOR, none).health).toBe('replicating');
    expect(viewPull(pull, seen(good), now + BELIEVED_FOR + 1, none).health).toBe('unknown');
  });

  it('not before anything was seen, nor for another pull', () => {
    expect(viewPull(pull, { report: null, at: 0, live: false, lostBecause: '' }, now, none).health).toBe(
      'unknown',
    );
    const other = { consumer: 'idm-a', supplier: 'idm-b' };
    expect(viewPull(other, seen(good), now, none).health).toBe('unknown');
  });

  it('and no other health is green', () => {
    const tones = (['waiting', 'needs-refresh', 'broken', 'paused', 'unknown', 'new'] as const).map(toneOf);
    expect(tones).not.toContain('good');
  });
});

describe('a pull that is drawn and not deployed', () => {
  const never: StatusPull = { ...good, health: 'unknown', lastSuccess: null };

  it('is new while the plan has to configure one of its ends', () => {
    expect(viewPull(pull, seen(never), now, new Set(['idm-b'])).health).toBe('new');
    expect(viewPull(pull, seen(never), now, none).health).toBe('unknown');
  });

  it('is not new when it worked before, or is broken', () => {
    expect(viewPull(pull, seen(good), now, new Set(['idm-b'])).health).toBe('replicating');
    const broken: StatusPull = { ...never, health: 'broken' };
    expect(viewPull(pull, seen(broken), now, new Set(['idm-b'])).health).toBe('broken');
  });
});

describe('in words', () => {
  const view = viewPull(pull, seen(good), now, none);
  const back = { ...view, consumer: 'idm-a', supplier: 'idm-b', lastSuccess: now - 9000 };
  const broken = { ...back, health: 'broken' as const, cause: 'idm-a does not trust idm-b: it was renewed.' };

  it('a link that works says which ways and how old its older pull is', () => {
    expect(linkWords([view, back], now)).toBe('both ways · 9 s ago');
    expect(linkWords([view], now)).toBe('one way · 4 s ago');
  });

  it('a link with one broken pull says that pull’s cause', () => {
    expect(worstOf([view, broken])).toBe(broken);
    expect(linkWords([view, broken], now)).toBe('idm-a does not trust idm-b');
  });

  it('the fleet is as well as its worst pull', () => {
    expect(summarise([view, back])).toEqual({ tone: 'good', text: 'both pulls replicating' });
    expect(summarise([view, broken])).toEqual({ tone: 'bad', text: '1 of 2 pulls broken' });
    expect(summarise([])).toEqual({ tone: 'quiet', text: 'no links yet' });
  });
});
