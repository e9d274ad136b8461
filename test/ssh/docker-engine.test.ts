import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { each } from '../../electron/engine/base/batches';
import type { ServerConnection } from '../../electron/engine/connect/connection';
import { openDocker } from '../../electron/engine/connect/docker/open-docker';
import { type FakeDockerEngine, startFakeDockerEngine } from '../support/fake-docker-engine';
import { type SshEngine, startSshEngine } from '../support/ssh-engine';
import { value } from '../support/results';
import { call, person, until } from './sshd';
import { dialSsh } from '../../electron/engine/connect/docker-over-ssh/dial-ssh';

const CONTAINERS = 5;
/** Longer than any call waits. Milliseconds. */
const GOES_ON_MS = 32_000;

/** Many containers behind one `ssh://` engine, each with its log followed twice, as the live view and the log tab do. */
describe.each([
  ['sshd’s ten sessions in a connection', 10],
  ['two, as a careful administrator allows', 2],
])('containers behind one engine over SSH, with %s', (_, maxSessions) => {
  let engine: FakeDockerEngine;
  let ssh: SshEngine;
  beforeEach(async () => {
    engine = await startFakeDockerEngine();
    ssh = await startSshEngine(engine.endpoint.replace('unix://', ''), maxSessions);
  });
  afterEach(async () => {
    await ssh.close();
    await engine.close();
  });

  const open = async (n: number): Promise<ServerConnection> => {
    const target = { id: `idm-${n}`, endpoint: ssh.endpoint, container: `idm-${n}`, config: null };
    const where = { certificates: null, home: ssh.home, env: { USER: 'root' } };
    return value(await openDocker({ ...target, ...where }, person(), call(20_000), { dialSsh }));
  };

  it('do not starve each other', async () => {
    const warned: string[] = [];
    const warn = (warning: Error) => warned.push(String(warning));
    process.on('warning', warn);
    const connections = await Promise.all(Array.from({ length: CONTAINERS }, (_it, n) => open(n)));
    const stop = new AbortController();
    const faults: unknown[] = [];
    const follow = async (connection: ServerConnection) => {
      for await (const item of each(connection.logs({ since: 0 }, { follow: true, signal: stop.signal })))
        if (item.kind === 'fault') faults.push(item.fault);
    };
    const follows = connections.flatMap((it) => [follow(it), follow(it)]);
    await until(
      () => engine.following() === CONTAINERS * 2,
      () => `${engine.following()} logs are followed`,
    );
    // All look after each other for as long as it takes to see one of them starve.
    const end = performance.now() + GOES_ON_MS;
    let calls = 0;
    const lookAfter = async (connection: ServerConnection) => {
      while (performance.now() < end) {
        const answers = await Promise.all([
          connection.facts(call(20_000)),
          connection.kanidmd(['version'], call(20_000)),
          connection.service.state(call(20_000)),
        ]);
        calls += answers.length;
        faults.push(...answers.flatMap((it) => (it.ok ? [] : [it.error])));
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    };
    await Promise.all(connections.map(lookAfter));
    expect(faults).toEqual([]);
    expect(calls).toBeGreaterThan(CONTAINERS * 3 * 3);
    expect(engine.following()).toBe(CONTAINERS * 2);
    // Nothing is held but what is followed.
    await until(
      () => ssh.seen.sessions === CONTAINERS * 2,
      () => `${ssh.seen.sessions} sessions are open`,
    );
    stop.abort();
    await Promise.all(follows);
    await Promise.all(connections.map((it) => it.close()));
    process.off('warning', warn);
    expect(warned.filter((it) => it.includes('MaxListeners'))).toEqual([]);
  });
});
