import { expect, it } from 'vitest';
import type { ServerConnection } from '../../../electron/engine/connect/connection';
import { secure } from '../../../electron/engine/serves/https';
import { fault, value } from '../../support/results';
import { call, until } from '../../ssh/sshd';
import { oddWords } from '../../support/odd-words';
import type { Seat } from './seat';

/** What holds of programs, the service, facts and the lock, whatever the way. */
export function programsHold(
  seat: () => Seat,
  server: () => ServerConnection,
  told: () => ServerConnection,
): void {
  it('runs kanidmd with its own config, every argument as it is', async () => {
    const shown = value(await server().kanidmd(['domain', 'show'], call(20_000)));
    expect(shown).toMatchObject({ exitCode: 0, cut: false });
    expect(shown.stdout).toContain('domain_uuid');
    expect(value(await server().kanidmd(['version'], call(20_000))).stdout).toContain('kanidmd 1.10.5');
    const echoed = value(await told().kanidmd(['domain', ...oddWords], call(20_000)));
    expect(JSON.parse(echoed.stdout)).toEqual([
      'domain',
      ...oddWords,
      '-c',
      expect.stringMatching(/\.toml$/),
    ]);
    expect(value(await told().kanidmd(['version'], call(20_000))).stdout).toBe('kanidmd told []\n');
  });

  it('tells exit codes and both streams apart, and what is not UTF-8', async () => {
    const output = { exitCode: 7, stdout: 'out', stderr: 'err', cut: false };
    expect(value(await told().kanidmd(['fails'], call(20_000)))).toEqual(output);
    expect(value(await told().kanidmd(['bytes'], call(20_000))).stdout).toBe('a\uFFFDb');
  });

  it('cuts a program off that prints a gigabyte, gives up one that does not end, and goes on', async () => {
    const flood = value(await told().kanidmd(['flood'], call(60_000)));
    expect(flood).toMatchObject({ cut: true, exitCode: null });
    expect(flood.stdout).toHaveLength(8 * 1024 * 1024);
    expect(fault(await told().kanidmd(['hang'], call(500))).code).toBe('timed-out');
    const stop = new AbortController();
    const hanging = told().kanidmd(['hang'], { signal: stop.signal, timeoutMs: 60_000 });
    setImmediate(() => stop.abort());
    expect(fault(await hanging).code).toBe('cancelled');
    expect(value(await told().kanidmd(['fails'], call(20_000))).exitCode).toBe(7);
  });

  it('fails with the cause when the way breaks under it, and the next call has a new one', async () => {
    const hanging = told().kanidmd(['hang'], call(30_000));
    const whole = told().kanidmd(['fails'], call(20_000));
    value(await whole);
    seat().cut();
    expect(fault(await hanging).code).toBe('connection-lost');
    expect(value(await told().kanidmd(['fails'], call(20_000))).exitCode).toBe(7);
  });

  it('tests a config beside the running server, and leaves nothing', async () => {
    const { hands, config } = seat();
    const folder = config.replace(/\/[^/]+$/, '');
    const before = hands.list(folder);
    const now = hands.get(config);
    const ask = (text: string) => server().testConfig(new TextEncoder().encode(text), call(30_000));
    expect(value(await ask(now))).toMatchObject({ accepted: true });
    const refused = value(await ask(`${now}\nnonsense = 1\n`));
    expect(refused.accepted).toBe(false);
    expect(refused.output).toContain('nonsense');
    expect(hands.list(folder)).toEqual(before);
    // Its admin socket was not taken over (`kanidm.md`, "configtest").
    expect(value(await server().kanidmd(['domain', 'show'], call(20_000))).stdout).toContain('domain_uuid');
  });

  it('tells what is known of the host, and restarts, stops and starts the server', async () => {
    const { config, manager } = seat();
    const facts = value(await server().facts(call(20_000)));
    expect(facts).toMatchObject({
      configPath: config,
      manager,
      overrides: {},
      service: { state: 'running' },
    });
    expect(Math.abs(facts.clockOffsetMs ?? Infinity)).toBeLessThan(5_000);
    expect(value(await server().service.restart(call(60_000))).state).toBe('running');
    const again = value(await server().facts(call(20_000)));
    expect(again.startedAt).toBeGreaterThan(facts.startedAt ?? Infinity);
    // One process is called the same at every look, and each by another name.
    expect(again.service.process).toMatch(/./);
    expect(again.service.process).not.toBe(facts.service.process);
    expect(value(await server().service.state(call(20_000))).process).toBe(again.service.process);
    expect(value(await server().service.stop(call(60_000))).state).toBe('stopped');
    expect(value(await server().service.state(call(20_000))).state).toBe('stopped');
    // What is down can still be read.
    value(await server().readFile(config, { ...call(20_000), maxBytes: 100_000 }));
    expect(value(await server().service.start(call(60_000))).state).toBe('running');
    let said = '';
    await until(
      async () => {
        const shown = await server().kanidmd(['domain', 'show'], call(20_000));
        said = JSON.stringify(shown);
        return shown.ok && shown.value.stdout.includes('domain_uuid');
      },
      () => `it did not come up: ${said}`,
    );
  });

  it('dials a port of the server itself, and says why it cannot', async () => {
    const { port, inReach } = seat().https;
    const ask = (to: number) => server().dial({ host: '127.0.0.1', port: to }, call(20_000));
    if (!inReach) return expect(fault(await ask(port)).code).toBe('port-not-reachable');
    // Both ways at once and in order: a handshake, then an answer that only its web server gives.
    const secured = value(
      await secure(value(await ask(port)), 'idm.example.com', 'held', Date.now(), call(20_000)),
    );
    const answered = value(await secured.ask({ method: 'GET', path: '/status' }, call(20_000)));
    expect(answered).toMatchObject({ code: 200, text: 'true' });
    secured.close();
    expect(fault(await ask(1)).code).toBe('port-closed');
    const left = { signal: AbortSignal.abort(), timeoutMs: 1_000 };
    expect(fault(await server().dial({ host: '127.0.0.1', port }, left)).code).toBe('cancelled');
  });

  it('has one lock: of many one gets it, it is checked, and taken over only by its own deploy', async () => {
    const other = await seat().open();
    const owner = (deploy: string) => ({ who: 'ada $(id)', host: 'desk', deploy, since: Date.now() });
    const asked = { ...call(30_000), takeOver: false };
    const all = await Promise.all(
      ['d0', 'd1', 'd2', 'd3', 'd4', 'd5'].map((deploy, index) =>
        (index % 2 ? other : server()).lock(owner(deploy), asked),
      ),
    );
    const holder = all.findIndex((taken) => taken.ok);
    const won = all[holder];
    if (!won?.ok) throw new Error(`nobody has the lock: ${JSON.stringify(all)}`);
    for (const taken of all) if (taken !== won) expect(fault(taken).code).toBe('locked');
    value(await won.value.check(call(20_000)));
    const refused = fault(await other.lock(owner('x'), { ...asked, takeOver: true }));
    expect(refused.code).toBe('locked');
    expect(refused.detail).toMatch(/ada \$\(id\)/);
    expect(refused.detail).toContain(`d${holder}`);
    const taken = value(await other.lock(owner(`d${holder}`), { ...asked, takeOver: true }));
    expect(fault(await won.value.check(call(20_000))).code).toBe('lock-lost');
    // What was lost is not given back for whoever has it now.
    value(await won.value.release(call(20_000)));
    value(await taken.check(call(20_000)));
    value(await taken.release(call(20_000)));
    value(await value(await server().lock(owner('y'), asked)).release(call(20_000)));
    await other.close();
  });
}
