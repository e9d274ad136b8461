import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Client } from 'ssh2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleKanidmd } from '../kanidmd/conformance/bundle';
import { startPracticeFleet, type PracticeFleet } from './fleet';
import { connect, exec, until } from './testing/ssh-client';

/** The whole practice fleet, machines and practice kanidmd together: what an operator does by hand over SSH works on it. */
let program: string;
let fleet: PracticeFleet;
const clients = new Map<string, Client>();

beforeAll(async () => {
  program = await bundleKanidmd();
  fleet = await startPracticeFleet({
    servers: 2,
    kanidmd: program,
    pollIntervalSeconds: 1,
    replication: () => true,
  });
  for (const machine of fleet.machines) clients.set(machine.id, await connect(fleet, machine));
});
afterAll(async () => {
  for (const client of clients.values()) client.end();
  await fleet.close();
  await rm(dirname(program), { recursive: true });
});

async function on(id: string, command: string, stdin = ''): Promise<string> {
  const client = clients.get(id);
  if (!client) throw new Error(`not connected to ${id}`);
  const answer = await exec(client, command, stdin);
  expect(answer.code).toBe(0);
  return answer.stdout;
}

const kanidmd = (id: string, args: string): Promise<string> =>
  on(id, `sudo -n kanidmd ${args} -c '${fleet.machine(id).config}'`);
const domainOf = async (id: string): Promise<string> =>
  /domain_uuid *: ([0-9a-f-]{36})/.exec(await kanidmd(id, 'domain show'))?.[1] ?? '';
const certificateOf = async (id: string): Promise<string> =>
  /certificate: "([\w-]+)"/.exec(await kanidmd(id, 'show-replication-certificate'))?.[1] ?? '';
const peopleOf = async (id: string): Promise<string[]> => {
  const entries = await kanidmd(id, 'practice entries');
  return ['amelie', 'farid', 'test_user'].filter((name) => entries.includes(`"${name}"`));
};

it('two servers with different people become one domain, and the journal tells the rounds', async () => {
  expect(await peopleOf('idm-a')).toEqual(['amelie', 'farid']);
  expect(await peopleOf('idm-b')).toEqual(['test_user']);
  expect(await domainOf('idm-a')).not.toBe(await domainOf('idm-b'));

  for (const [id, partner] of [
    ['idm-a', 'idm-b'],
    ['idm-b', 'idm-a'],
  ] as const) {
    const { config } = fleet.machine(id);
    const table = `[replication."${fleet.machine(partner).origin}"]\ntype = "mutual-pull"\npartner_cert = "${await certificateOf(partner)}"\n`;
    await on(id, `tee '${config}'`, `${await readFile(config, 'utf8')}\n${table}`);
  }
  for (const { id } of fleet.machines) await on(id, 'sudo -n systemctl restart kanidmd');
  await kanidmd('idm-b', 'refresh-replication-consumer --i-want-to-refresh-this-servers-database');

  await until(async () => (await domainOf('idm-b')) === (await domainOf('idm-a')), 'both are in one domain');
  expect(await peopleOf('idm-b')).toEqual(['amelie', 'farid']);
  const since = Math.floor(Date.now() / 1000);
  const rounds = `journalctl -u kanidmd -o cat --since=@${since}`;
  for (const { id } of fleet.machines) {
    await until(
      async () => (await on(id, rounds)).includes('Incremental Replication Success'),
      `${id} has pulled`,
    );
  }
});
