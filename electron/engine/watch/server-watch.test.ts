import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { FleetServer } from '../../../shared/fleet/model/fleet';
import type { ServerId, Sha256 } from '../../../shared/base/names';
import { fail, ok, type Result } from '../../../shared/base/result';
import type { LogItem, ServerConnection } from '../connect/connection';
import { Connections } from '../fleet/connections';
import type { Clock } from '../base/time';
import { ServerWatch } from './server-watch';

const server = { id: 'idm-a' as ServerId, connect: 'ssh', endpoint: 'ssh://a' } as FleetServer;
const TOML = 'domain = "idm.example.com"\n[replication]\norigin = "repl://idm-a.example.com:8444"\n';

/** Two clocks; every rest moves them at once, and gives whatever else is under way its turn. */
function stage() {
  const at = { wall: Date.parse('2026-11-23T15:00:00Z'), monotonic: 1000 };
  const pass = (ms: number) => {
    at.wall += ms;
    at.monotonic += ms;
  };
  let limit = Infinity;
  const stop = new AbortController();
  const clock: Clock = {
    now: () => at.wall,
    monotonic: () => at.monotonic,
    sleep: async (ms) => {
      pass(ms);
      await new Promise((resolve) => setImmediate(resolve));
      if (at.monotonic >= limit) stop.abort();
    },
  };
  return { at, clock, stop, during: (ms: number) => (limit = at.monotonic + ms) };
}

interface Fake {
  readonly opens?: () => Result<ServerConnection>;
  readonly connection?: Partial<ServerConnection>;
}

function watching({ opens, connection = {} }: Fake) {
  const set = stage();
  const dials: number[] = [];
  const lines: string[] = [];
  const whole = connectionOf(connection);
  const connections = new Connections({
    ...{ home: '/', env: {}, log: (line: string) => lines.push(line) },
    prompter: { acceptHostKey: async () => false, secret: async () => null },
    open: async () => {
      dials.push(set.at.monotonic);
      return opens ? opens() : ok(whole);
    },
  });
  const parts = { fleetPath: null, connections, clock: set.clock, random: () => 0 };
  const watch = new ServerWatch(server, parts);
  const run = async (ms: number) => {
    set.during(ms);
    await watch.run(set.stop.signal);
  };
  return { ...set, watch, run, dials, lines, connections };
}

function connectionOf(more: Partial<ServerConnection>): ServerConnection {
  return {
    facts: async () =>
      ok({
        ...{ service: { state: 'running', detail: '' }, configPath: '/s', startedAt: null, overrides: {} },
        ...{ runningVersion: '1.10.5', clockOffsetMs: 0, publishedPorts: null, manager: 'systemd' },
      }),
    readFile: async () =>
      ok({ bytes: new TextEncoder().encode(TOML), sha256: 'x' as Sha256, stat: { modifiedAt: 0 } }),
    kanidmd: async () => ok({ stdout: 'kanidmd 1.10.5 abc\n', stderr: '', exitCode: 0 }),
    service: { state: async () => ok({ state: 'running', detail: '' }) },
    logs: async function* (_: unknown, { follow, signal }: { follow: boolean; signal: AbortSignal }) {
      yield* [];
      if (follow) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    close: async () => undefined,
    ...more,
  } as unknown as ServerConnection;
}

const refused = (code: string) => () => fail({ code, message: code, fix: '', where: {} });

describe('a server that cannot be reached', () => {
  it('is dialled less and less often, down to every two minutes', async () => {
    const { run, dials } = watching({ opens: refused('connection-refused') });
    await run(600_000);
    const waits = dials.slice(1).map((at, n) => Math.round((at - (dials[n] ?? 0)) / 1000));
    expect(waits).toEqual([3, 6, 12, 24, 48, 96, 120, 120, 120]);
  });

  it('says when it is tried again', async () => {
    const { run, watch, clock, stop } = watching({ opens: refused('host-unreachable') });
    const said: unknown[] = [];
    const sleep = clock.sleep;
    clock.sleep = async (ms, signal) => {
      said.push(watch.nextTry());
      await sleep(ms, signal);
    };
    await run(8_000);
    expect(said.slice(0, 3)).toEqual([{ inMs: 3000 }, { inMs: 1000 }, { inMs: 6000 }]);
    stop.abort();
  });

  it.each(['authentication-failed', 'declined', 'host-key-changed', 'sudo-refused', 'endpoint-invalid'])(
    'that refuses (%s) is tried once, and no more by itself, whoever looks',
    async (code) => {
      const { run, dials, watch, connections, clock } = watching({ opens: refused(code) });
      await run(3_600_000);
      expect(dials).toHaveLength(1);
      expect(watch.nextTry()).toBe('asked');
      // Another watch of the same server, after an edit of something else.
      const again = await connections.to(server, null, {
        signal: new AbortController().signal,
        timeoutMs: 1,
      });
      expect(again).toMatchObject({ ok: false, error: { code } });
      expect(dials).toHaveLength(1);
      connections.forgetRefusals();
      await connections.to(server, null, { signal: new AbortController().signal, timeoutMs: 1 });
      expect(dials).toHaveLength(2);
      expect(clock.monotonic()).toBeGreaterThan(3_600_000);
    },
  );

  it('that lets in and then refuses is left alone too', async () => {
    let asked = 0;
    const facts = async () => {
      asked += 1;
      return refused('sudo-refused')();
    };
    const { run, watch } = watching({ connection: { facts } });
    await run(600_000);
    expect(asked).toBe(1);
    expect(watch.nextTry()).toBe('asked');
  });

  it('two hundred at once make a bounded number of dials', async () => {
    let dials = 0;
    for (let n = 0; n < 200; n++) {
      const one = watching({ opens: refused('timed-out') });
      await one.run(60_000);
      dials += one.dials.length;
    }
    expect(dials).toBe(200 * 5);
  });
});

describe('whatever one server answers', () => {
  it.each([
    ['facts', { facts: () => Promise.reject(new TypeError("reading 'Env'")) }],
    ['a file', { readFile: () => Promise.reject(new RangeError('Invalid array length')) }],
  ] as const)(
    '%s that throws makes it unreachable, with the stack in the log file',
    async (_, connection) => {
      const { run, watch, lines } = watching({ connection });
      await run(30_000);
      expect(watch.observed).toMatchObject({
        state: 'unreachable',
        faults: [{ code: 'unexpected', where: { server: 'idm-a' } }],
      });
      expect(watch.observed?.faults[0]?.fix).toContain('The other servers are not affected');
      expect(lines[0]).toBe('idm-a: connected');
      expect(lines[1]).toMatch(/idm-a: (TypeError|RangeError): .*\n +at /);
    },
  );

  it('a log and a state that throw are tried again later, and never end the watch', async () => {
    let followed = 0;
    const { run, watch, lines } = watching({
      connection: {
        logs: (_: unknown, { follow }: { follow: boolean }) => {
          if (!follow) return (async function* (): AsyncGenerator<readonly LogItem[]> {})();
          followed += 1;
          throw new RangeError('Maximum call stack size exceeded');
        },
      } as unknown as Partial<ServerConnection>,
    });
    await run(60_000);
    expect(watch.observed?.state).toBe('running');
    expect(watch.reading()?.log).toBeNull();
    expect(followed).toBeGreaterThan(2);
    expect(followed).toBeLessThan(8);
    expect(lines[1]).toContain('Maximum call stack size exceeded');
  });
});

describe('the clock of this computer', () => {
  const running = (facts: { n: number }) => ({
    facts: async () => {
      facts.n += 1;
      return connectionOf({}).facts({ signal: new AbortController().signal, timeoutMs: 1 });
    },
  });

  it.each([
    ['set back', -3_600_000, 0],
    ['set forward', 3_600_000, 0],
    ['that slept', 3_600_000, 0],
  ])('%s: what is known is doubted at once, and the server probed again', async (_, wall) => {
    const facts = { n: 0 };
    const { run, watch, at, clock } = watching({ connection: running(facts) });
    const sleep = clock.sleep;
    const doubts: (boolean | undefined)[] = [];
    let turns = 0;
    clock.sleep = async (ms, signal) => {
      await sleep(ms, signal);
      turns += 1;
      if (turns === 2) at.wall += wall;
      doubts.push(watch.reading()?.doubted);
    };
    await run(12_000);
    expect(doubts.slice(0, 4)).toEqual([false, true, false, false]);
    expect(facts.n).toBe(2);
  });

  it('that is left alone costs a probe a minute', async () => {
    const facts = { n: 0 };
    const { run } = watching({ connection: running(facts) });
    await run(179_000);
    expect(facts.n).toBe(3);
  });
});

it('nothing is left of a wake, however long it is watched', async () => {
  const { run, watch, clock, stop } = watching({});
  const { sleep } = clock;
  let listeners = 0;
  clock.sleep = async (ms, signal) => {
    watch.look();
    listeners = Math.max(listeners, getEventListeners(stop.signal, 'abort').length);
    await sleep(ms, signal);
  };
  await run(2_000_000);
  expect(listeners).toBeGreaterThan(0);
  expect(listeners).toBeLessThan(6);
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
});

it('a line that a server logs in the future has its clock read again', async () => {
  let probes = 0;
  const { run } = watching({
    connection: {
      facts: async () => {
        probes += 1;
        return connectionOf({}).facts({ signal: new AbortController().signal, timeoutMs: 1 });
      },
      logs: async function* (_: unknown, { follow, signal }: { follow: boolean; signal: AbortSignal }) {
        if (!follow) return;
        while (!signal.aborted) {
          await new Promise((resolve) => setImmediate(resolve));
          yield [
            {
              ...{ kind: 'line', source: 'kanidmd', cursor: '', text: 'x' },
              at: Date.parse('2026-11-23T19:00:00Z') * 1000,
            },
          ];
        }
      },
    } as unknown as Partial<ServerConnection>,
  });
  await run(50_000);
  expect(probes).toBeGreaterThan(3);
  expect(probes).toBeLessThan(7);
});
