import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ToWindow } from '../../shared/ipc';

vi.mock('electron', () => ({ utilityProcess: { fork: () => undefined } }));
const { EngineProcess, RESTART_AFTER_MS } = await import('./engine-process');

class Child extends EventEmitter {
  readonly stdout = null;
  readonly stderr = null;
  readonly got: unknown[] = [];
  postMessage(message: unknown) {
    this.got.push(message);
    if (message === 'close') this.emit('exit', 0);
  }
  kill() {
    this.emit('exit', 1);
  }
}

function make() {
  const children: Child[] = [];
  const received: ToWindow[] = [];
  const died = vi.fn();
  const engine = new EngineProcess({
    ...{ program: 'engine.cjs', args: [], log: () => undefined, died },
    received: (message) => received.push(message),
    fork: () => {
      const child = new Child();
      children.push(child);
      return child as unknown as Electron.UtilityProcess;
    },
  });
  const crash = () => children.at(-1)?.emit('exit', 5);
  const states = () => received.flatMap((it) => (it.kind === 'engine' ? [`${it.state} ${it.inMs}`] : []));
  return { engine, children, received, died, crash, states };
}

function start() {
  const made = make();
  made.engine.start();
  return made;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('an engine that is yet to be started', () => {
  const ask = { kind: 'ask', id: '0:a', name: 'fleet.compare', question: {} } as const;

  it('gets what was asked before, in order, and the window no fault', () => {
    const { engine, children, received } = make();
    engine.send(ask);
    engine.send({ kind: 'cancel', id: '0:a' });
    expect(received).toEqual([]);
    engine.start();
    expect(children.map(({ got }) => got)).toEqual([[ask, { kind: 'cancel', id: '0:a' }]]);
  });

  it('gets it once', () => {
    const { engine, children, crash } = make();
    engine.send(ask);
    engine.start();
    crash();
    vi.advanceTimersByTime(1000);
    expect(children[1]?.got).toEqual([]);
  });

  it('is never started when the app closes before', async () => {
    const { engine, children } = make();
    engine.send(ask);
    await engine.close();
    engine.start();
    expect(children).toEqual([]);
  });
});

describe('an engine that ends by itself', () => {
  it('is started again without a click, and the window is told', () => {
    const { children, crash, states, died } = start();
    crash();
    expect(states()).toEqual(['restarting 1000']);
    vi.advanceTimersByTime(1000);
    expect(children).toHaveLength(2);
    expect(states()).toEqual(['restarting 1000', 'running null']);
    expect(died).not.toHaveBeenCalled();
  });

  it('again and again is started later and later, then a person decides', () => {
    const { engine, children, crash, states, died } = start();
    for (const wait of RESTART_AFTER_MS) {
      crash();
      vi.advanceTimersByTime(wait - 1);
      const before = children.length;
      vi.advanceTimersByTime(1);
      expect(children).toHaveLength(before + 1);
    }
    crash();
    vi.advanceTimersByTime(600_000);
    expect(children).toHaveLength(4);
    expect(died).toHaveBeenCalledExactlyOnceWith(5);
    expect(states().at(-1)).toBe('stopped null');
    engine.start();
    expect(children).toHaveLength(5);
    crash();
    vi.advanceTimersByTime(1000);
    expect(children).toHaveLength(6);
  });

  it('after a good while begins with the first wait', () => {
    const { children, crash } = start();
    for (let n = 0; n < 10; n++) {
      crash();
      vi.advanceTimersByTime(1000);
      expect(children).toHaveLength(n + 2);
      vi.advanceTimersByTime(180_000);
    }
  });

  it('never begins a deploy again: its stream ends, and nothing is sent to the new one', () => {
    const { engine, children, crash, received } = start();
    engine.send({ kind: 'open', id: '0:d', name: 'deploy', question: {} });
    expect(engine.requests.deploying).toBe(true);
    crash();
    vi.advanceTimersByTime(1000);
    expect(received).toContainEqual(
      expect.objectContaining({
        kind: 'end',
        id: '0:d',
        fault: expect.objectContaining({ code: 'engine-stopped' }),
      }),
    );
    expect(engine.requests.deploying).toBe(false);
    expect(children[1]?.got).toEqual([]);
  });

  it('says how it is now, to a page that comes later; before its first end there is no news', () => {
    const { engine, crash } = start();
    expect(engine.news).toBeNull();
    crash();
    expect(engine.news).toEqual({ kind: 'engine', state: 'restarting', inMs: RESTART_AFTER_MS[0] });
    vi.advanceTimersByTime(1000);
    expect(engine.news).toEqual({ kind: 'engine', state: 'running', inMs: null });
    for (let n = 0; n < RESTART_AFTER_MS.length; n += 1) {
      crash();
      vi.advanceTimersByTime(Math.max(...RESTART_AFTER_MS));
    }
    expect(engine.news).toEqual({ kind: 'engine', state: 'stopped', inMs: null });
  });

  it('is asked nothing by a page that does not know yet: that was meant for the one before', () => {
    const { engine, children, crash, received } = start();
    const ask = { kind: 'ask', id: '0:t', name: 'server.test', question: {} } as const;
    const open = { kind: 'open', id: '0:w', name: 'watch', question: {} } as const;
    const again = (): Child => {
      crash();
      vi.advanceTimersByTime(Math.max(...RESTART_AFTER_MS));
      return children.at(-1) ?? expect.unreachable();
    };
    const second = again();
    for (const message of [ask, open]) engine.send(message);
    expect(second.got).toEqual([]);
    const fault = expect.objectContaining({ code: 'engine-stopped' });
    expect(received).toContainEqual({ kind: 'answer', id: '0:t', answer: { ok: false, error: fault } });
    expect(received).toContainEqual({ kind: 'end', id: '0:w', fault });
    engine.heard();
    engine.send(ask);
    expect(second.got).toEqual([ask]);
    // Having heard of one start is not having heard of the next.
    const third = again();
    engine.send(ask);
    expect(third.got).toEqual([]);
  });

  it('while the app closes stays ended', async () => {
    const { engine, children, crash } = start();
    crash();
    await engine.close();
    vi.advanceTimersByTime(600_000);
    expect(children).toHaveLength(1);
  });
});
