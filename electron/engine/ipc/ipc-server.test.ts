import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { alone } from '../base/batches';
import type { FromWindow, LogLineView, ToWindow } from '../../../shared/ipc';
import type { DeployEvent } from '../../../shared/plan/model/deploy';
import { fail, ok, type Fault } from '../../../shared/base/result';
import type { Call } from '../base/call';
import type { GuardedEngine } from '../trust/guard-engine';
import { IpcServer } from './ipc-server';
import { WindowPrompter } from './window-prompter';

const fleet = { path: null, text: '' };
const hostKey = {
  server: 'idm-a',
  host: '[127.0.0.1]:2222',
  keyType: 'ssh-ed25519',
  fingerprint: 'SHA256:x',
  line: 'idm-a ssh-ed25519 AAAAC3Nz',
  knownHostsFile: '~/.ssh/known_hosts',
};
const down: Fault = {
  code: 'unreachable',
  message: 'idm-b is down.',
  fix: 'Start it.',
  where: { server: 'idm-b' },
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('asks', () => {
  it('are answered under their id', async () => {
    const { send, sent } = open({ sshAliases: async () => ['rack1', 'rack2'] });
    send({ kind: 'ask', id: '1', name: 'ssh.aliases', question: {} });
    await vi.waitFor(() =>
      expect(sent).toEqual([{ kind: 'answer', id: '1', answer: ok(['rack1', 'rack2']) }]),
    );
  });

  it('whose question does not fit the contract never reach the engine', async () => {
    const loadFleet = vi.fn();
    const { send, answerTo } = open({ loadFleet });
    send({ kind: 'ask', id: '1', name: 'fleet.load', question: { path: 7 } });
    expect(await answerTo('1')).toMatchObject({ ok: false, error: { code: 'bad-question' } });
    expect(loadFleet).not.toHaveBeenCalled();
  });

  it('that are the app’s are refused', async () => {
    const { send, answerTo } = open({});
    send({ kind: 'ask', id: '1', name: 'settings.read', question: {} });
    expect(await answerTo('1')).toMatchObject({ ok: false, error: { code: 'bad-question' } });
  });

  it('that make the engine throw are answered with something readable, and logged', async () => {
    const { send, answerTo, logged } = open({
      sshAliases: async () => {
        throw new Error('index out of range');
      },
    });
    send({ kind: 'ask', id: '1', name: 'ssh.aliases', question: {} });
    expect(await answerTo('1')).toMatchObject({ ok: false, error: { code: 'unexpected' } });
    expect(logged.join()).toContain('index out of range');
  });

  it('are cancelled by their id, and the engine is told to stop', async () => {
    const engine = endlessPlan();
    const { send, answerTo } = open(engine);
    send({ kind: 'ask', id: '1', name: 'fleet.plan', question: { fleet } });
    send({ kind: 'cancel', id: '1' });
    expect(await answerTo('1')).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(engine.aborted()).toBe(true);
  });

  it('end at their time limit', async () => {
    const engine = endlessPlan();
    const { send, answerTo } = open(engine);
    send({ kind: 'ask', id: '1', name: 'fleet.plan', question: { fleet } });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await answerTo('1')).toMatchObject({ ok: false, error: { code: 'timed-out' } });
    expect(engine.aborted()).toBe(true);
  });

  it('do not run out of time while a person reads a question', async () => {
    const engine = endlessPlan();
    const { send, sent, prompter } = open(engine);
    send({ kind: 'ask', id: '1', name: 'fleet.plan', question: { fleet } });
    await vi.advanceTimersByTimeAsync(60_000);
    const accepted = prompter.acceptHostKey(hostKey, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(engine.aborted()).toBe(false);
    send({ kind: 'reply', id: idOf(sent[0]), answer: { accept: true } });
    expect(await accepted).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(engine.aborted()).toBe(true);
  });

  it('under an id in use are dropped, so that no answer is taken for another', async () => {
    const { send, sent, logged } = open({ ...endlessPlan(), sshAliases: async () => [] });
    send({ kind: 'ask', id: '1', name: 'fleet.plan', question: { fleet } });
    send({ kind: 'ask', id: '1', name: 'ssh.aliases', question: {} });
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent).toEqual([]);
    expect(logged).toHaveLength(1);
  });
});

describe('streams', () => {
  it('carry items as far as the window gives credit, then end', async () => {
    const { send, sent } = open({ logs: () => alone(asItems([ok(logLine('one')), ok(logLine('two'))])) });
    send({ kind: 'open', id: 's', name: 'logs', question: { fleet } });
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent).toEqual([]);
    send({ kind: 'credit', id: 's', batches: 8 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(itemsOf(sent)).toEqual([logLine('one'), logLine('two')]);
    expect(sent.at(-1)).toEqual({ kind: 'end', id: 's', fault: null });
  });

  it('of logs say one server’s trouble among the lines of the others', async () => {
    const gone = { ...down, message: 'unix:///idm-b.sock: there is no such socket' };
    const { send, sent } = open({ logs: () => alone(asItems([fail(down), fail(gone), ok(logLine('one'))])) });
    send({ kind: 'open', id: 's', name: 'logs', question: { fleet } });
    send({ kind: 'credit', id: 's', batches: 8 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(itemsOf(sent)).toMatchObject([
      { server: 'idm-b', level: 'bad', meaning: 'idm-b is down. Start it.' },
      { meaning: 'unix:///idm-b.sock: there is no such socket. Start it.' },
      { meaning: 'one' },
    ]);
  });

  it('of a watch that is refused end with why, so that a person can be asked', async () => {
    const error = { ...down, code: 'fleet-untrusted' };
    const watch = vi.fn();
    const { send, sent } = open({ mayAct: () => Promise.resolve(fail(error)), watch });
    send({ kind: 'open', id: 'w', name: 'watch', question: { fleet } });
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent).toEqual([{ kind: 'end', id: 'w', fault: error }]);
    expect(watch).not.toHaveBeenCalled();
  });

  it('of a deploy need no credit: a window that hangs does not hold servers up', async () => {
    const { send, sent } = open({ deploy: () => asItems(deployed) });
    send({ kind: 'open', id: 'd', name: 'deploy', question: { fleet, fingerprint: 'f', erase: [] } });
    await vi.advanceTimersByTimeAsync(1000);
    expect(itemsOf(sent)).toEqual(deployed);
    expect(sent.at(-1)).toEqual({ kind: 'end', id: 'd', fault: null });
  });

  it('with a question outside the contract end with the reason', async () => {
    const { send, sent } = open({});
    send({ kind: 'open', id: 'd', name: 'deploy', question: { fleet } });
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toMatchObject([{ kind: 'end', id: 'd', fault: { code: 'bad-question' } }]);
  });
});

describe('questions to a person', () => {
  it('are withdrawn when nobody needs the answer any more', async () => {
    const { sent, prompter } = open({});
    const controller = new AbortController();
    const secret = prompter.secret(
      { server: 'idm-a', kind: 'password', subject: 'ada@127.0.0.1', attempt: 1 },
      controller.signal,
    );
    controller.abort();
    expect(await secret).toBeNull();
    expect(sent.map((message) => message.kind)).toEqual(['question', 'withdrawn']);
  });

  it('that were answered with no are not asked again until the person looks anew', async () => {
    const { send, sent, prompter } = open({ watch: () => asItems([]) });
    const { signal } = new AbortController();
    const accepted = prompter.acceptHostKey(hostKey, signal);
    send({ kind: 'reply', id: idOf(sent[0]), answer: { accept: false } });
    expect(await accepted).toBe(false);

    expect(await prompter.acceptHostKey(hostKey, signal)).toBe(false);
    expect(sent).toHaveLength(1);
    void prompter.acceptHostKey({ ...hostKey, fingerprint: 'SHA256:y' }, signal);
    expect(sent).toHaveLength(2);

    send({ kind: 'open', id: 'w', name: 'watch', question: { fleet, asked: true } });
    void prompter.acceptHostKey(hostKey, signal);
    expect(sent).toHaveLength(3);
  });

  it('answered with something else than was asked mean no', async () => {
    const { send, sent, prompter } = open({});
    const accepted = prompter.acceptHostKey(hostKey, new AbortController().signal);
    send({ kind: 'reply', id: idOf(sent[0]), answer: { accept: 'yes' } });
    expect(await accepted).toBe(false);
  });
});

it('what is not in the contract is dropped and logged', () => {
  const { server, sent, logged } = open({});
  for (const raw of [
    null,
    'close',
    { kind: 'ask' },
    { kind: 'ask', id: '1', name: 'toString', question: {} },
  ])
    server.receive(raw);
  expect(sent).toEqual([]);
  expect(logged).toHaveLength(4);
});

it('closing cancels what runs and waits for a deploy to say how it ended', async () => {
  const { server, send, sent } = open({
    deploy: async function* (_fleet, _consent, signal) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      yield { kind: 'finished', outcome: 'cancelled', problems: [], at: 0 };
    },
  });
  send({ kind: 'open', id: 'd', name: 'deploy', question: { fleet, fingerprint: 'f', erase: [] } });
  const closed = server.close();
  await vi.advanceTimersByTimeAsync(100);
  await closed;
  expect(sent).toMatchObject([{ items: [{ outcome: 'cancelled' }] }, { kind: 'end' }]);
});

const deployed: DeployEvent[] = [
  { kind: 'started', deploy: 'd1', journal: '/j', at: 0, expected: [] },
  { kind: 'finished', outcome: 'done', problems: [], at: 1 },
];

/** A door on an engine that can only do what the test needs. */
function open(methods: Partial<GuardedEngine>) {
  const sent: ToWindow[] = [];
  const logged: string[] = [];
  const engine = new Proxy(
    { lookAnew: () => undefined, ...methods },
    {
      get: (target, name) =>
        Reflect.get(target, name) ??
        (() => {
          throw new Error(`the test's engine has no ${String(name)}`);
        }),
    },
  ) as GuardedEngine;
  const prompter = new WindowPrompter((message) => sent.push(message));
  const server = new IpcServer({
    engine,
    prompter,
    send: (message) => sent.push(message),
    log: (line) => logged.push(line),
  });
  const answerTo = (id: string): Promise<unknown> =>
    vi.waitFor(() => {
      const answer = sent.find((message) => message.kind === 'answer' && message.id === id);
      if (answer?.kind !== 'answer') throw new Error(`no answer to ${id} yet`);
      return answer.answer;
    });
  return { server, prompter, sent, logged, answerTo, send: (message: FromWindow) => server.receive(message) };
}

function endlessPlan(): Pick<GuardedEngine, 'plan'> & { aborted(): boolean } {
  let signal: AbortSignal | null = null;
  return {
    plan: (_fleet, call: Call) => {
      signal = call.signal;
      return new Promise(() => undefined);
    },
    aborted: () => signal?.aborted ?? false,
  };
}

async function* asItems<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}

function logLine(meaning: string): LogLineView {
  return {
    key: meaning,
    at: 1,
    offset: 0,
    group: null,
    bootstrap: null,
    server: 'idm-a',
    level: 'info',
    meaning,
    raw: meaning,
    pull: null,
  };
}

const itemsOf = (sent: readonly ToWindow[]): unknown[] =>
  sent.flatMap((message) => (message.kind === 'items' ? message.items : []));

function idOf(message: ToWindow | undefined): string {
  if (message === undefined || !('id' in message)) throw new Error('no such message');
  return message.id;
}
