import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeConnection } from '../../electron/engine/connect/fake/fake-connection';
import { FakeServer, type FakeServerOptions } from '../../electron/engine/connect/fake/fake-server';
import type { Trouble } from '../../electron/engine/connect/fake/fake-trouble';
import { openJournal } from '../../electron/engine/deploy/journal/journal';
import { takeLocks } from '../../electron/engine/deploy/deployment/locks';
import {
  type Deployment,
  newDeployment,
  type Site,
} from '../../electron/engine/deploy/deployment/deployment';
import { probeServer } from '../../electron/engine/fleet/probe/probe-server';
import { type Clock, systemClock, uncancelled } from '../../electron/engine/base/time';
import { value } from './results';
import { certificateOfTest, domainOfTest, fleetOfTest, observedOfTest } from './fleet-fixtures';

/** A server of the test fleet in memory. @param tables as in `fleet-fixtures`; null: no `[replication]`. */
export function fakeServer(
  id: string,
  tables: readonly string[] | null,
  more: Partial<FakeServerOptions> = {},
): FakeServer {
  const { file } = observedOfTest({ id, domain: 'a', tables });
  if (file === null) throw new Error('it has a file');
  return new FakeServer({
    id,
    config: file.text,
    domain: { name: 'idm.example.com', uuid: domainOfTest('a') },
    certificate: certificateOfTest(id),
    ...more,
  });
}

/** A server of the test fleet as a deploy has it: probed over a fake connection. */
export async function fakeSite(
  server: FakeServer,
  trouble?: Trouble,
  clock: Clock = systemClock,
): Promise<Site> {
  const [listed] = fleetOfTest([server.id], []).servers;
  if (!listed) throw new Error('it is listed');
  const connection = fakeConnection(server, trouble, clock);
  const observed = await probeServer(listed, connection, clock, uncancelled(10_000));
  return { server: listed, connection, observed };
}

/** A deploy under way to servers in memory, with a real journal in a folder of its own, all of them locked. */
export async function fakeDeployment(
  sites: readonly Site[],
  clock: Clock = systemClock,
  signal = new AbortController().signal,
): Promise<{ readonly deployment: Deployment; readonly said: readonly string[]; end(): Promise<void> }> {
  const configDir = await mkdtemp(join(tmpdir(), 'kl-fake-'));
  const journal = value(await openJournal(configDir, clock));
  const locks = value(await takeLocks(sites, journal.deploy, false, clock, signal));
  const said: string[] = [];
  const ids = sites.map((it) => it.server.id);
  const deployment = newDeployment({
    ...{ fleet: fleetOfTest(ids, []), sites: new Map(sites.map((it) => [it.server.id, it])) },
    ...{ journal, configDir, clock, signal, locks },
    say: (_step, text) => void said.push(text),
  });
  const end = async (): Promise<void> => {
    await locks.release();
    await journal.close();
    await rm(configDir, { recursive: true });
  };
  return { deployment, said, end };
}
