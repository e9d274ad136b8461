import { writeFile, readFile } from 'node:fs/promises';
import type { Client } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPracticeFleet, type PracticeFleet } from './fleet';
import type { Machine } from './machine';
import { makeFakeKanidmd } from './testing/fake-kanidmd';
import { connect, exec, open, until } from './testing/ssh-client';

interface Line {
  readonly __CURSOR: string;
  readonly __REALTIME_TIMESTAMP: string;
  readonly MESSAGE: string | number[] | null;
  readonly PRIORITY: string;
  readonly UNIT?: string;
  readonly _SYSTEMD_UNIT: string;
  readonly _PID: string;
}

const JOURNAL = 'journalctl --no-pager --quiet --output=json --unit=kanidmd';
let fake: Awaited<ReturnType<typeof makeFakeKanidmd>>;
let fleet: PracticeFleet;
let machine: Machine;
let client: Client;

beforeAll(async () => {
  fake = await makeFakeKanidmd();
  fleet = await startPracticeFleet({ servers: 1, kanidmd: fake.path });
  machine = fleet.machine('idm-a');
  client = await connect(fleet, machine);
});
afterAll(async () => {
  client.end();
  await fleet.close();
  await fake.remove();
});

async function lines(command: string): Promise<Line[]> {
  const answer = await exec(client, command);
  expect(answer).toMatchObject({ code: 0, stderr: '' });
  return parse(answer.stdout);
}

function parse(stdout: string): Line[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line));
}

describe('journalctl', () => {
  it('tells the service from the service manager', async () => {
    const [starting, first] = await lines(`${JOURNAL} --lines=all`);
    expect(starting).toMatchObject({
      MESSAGE: 'Starting kanidmd.service - Kanidm, the IDM for rustaceans...',
      UNIT: 'kanidmd.service',
      _SYSTEMD_UNIT: 'init.scope',
      _PID: '1',
    });
    expect(first).toMatchObject({
      MESSAGE: 'Starting Kanidmd | version: 1.10.5',
      _SYSTEMD_UNIT: 'kanidmd.service',
    });
    expect(first?._PID).toBe(String(machine.status.mainPid));
  });

  it('has neither gap nor repetition when it is followed in pieces by cursor', async () => {
    const seen: Line[] = [];
    let cursor = (await lines(`${JOURNAL} --lines=1`))[0]?.__CURSOR ?? '';
    for (let piece = 0; piece < 3; piece += 1) {
      const received = await followFor(20, `${JOURNAL} --after-cursor='${cursor}' --follow --lines=all`);
      seen.push(...received);
      cursor = seen.at(-1)?.__CURSOR ?? '';
    }
    expect(seen.length).toBeGreaterThanOrEqual(60);
    const ticks = seen.map((line) => Number(String(line.MESSAGE).replace('tick ', '')));
    expect(ticks).toEqual(ticks.map((_tick, place) => (ticks[0] ?? 0) + place));
  });

  it('reads from a time, the last lines, and backwards', async () => {
    const last = await lines(`${JOURNAL} -n 3`);
    expect(last).toHaveLength(3);
    const micros = last[1]?.__REALTIME_TIMESTAMP ?? '';
    const since = `@${micros.slice(0, -6)}.${micros.slice(-6)}`;
    const from = await lines(`${JOURNAL} --since=${since}`);
    expect(from[0]?.__CURSOR).toBe(last[1]?.__CURSOR);
    const newest = await lines(`${JOURNAL} --reverse --lines=2`);
    expect(Number(newest[0]?.__REALTIME_TIMESTAMP)).toBeGreaterThanOrEqual(
      Number(newest[1]?.__REALTIME_TIMESTAMP),
    );
    const before = await lines(`${JOURNAL} --reverse --until=${since} --lines=2`);
    expect(before.map((line) => line.__CURSOR)).toEqual([last[1]?.__CURSOR, last[0]?.__CURSOR]);
  });

  it('refuses a cursor that is none, and options it does not know', async () => {
    expect(await exec(client, `${JOURNAL} --after-cursor=nonsense`)).toMatchObject({
      code: 1,
      stderr: 'Failed to seek to cursor: Invalid argument\n',
    });
    expect(await exec(client, `${JOURNAL} --grep=x`)).toMatchObject({
      code: 1,
      stderr: "journalctl: unrecognized option '--grep=x'\n",
    });
  });

  it('shows coloured lines as bytes, and long ones only when all is asked for', async () => {
    await writeFile(machine.config, `${await readFile(machine.config, 'utf8')}# colours, long-line\n`);
    const cursor = (await lines(`${JOURNAL} -n 1`))[0]?.__CURSOR ?? '';
    await machine.restartKanidmd();
    const after = await lines(`${JOURNAL} --after-cursor='${cursor}'`);
    const colours = after.find((line) => Array.isArray(line.MESSAGE));
    expect(Buffer.from(colours?.MESSAGE ?? []).toString()).toBe('\x1b[31mred\x1b[0m');
    expect(after.filter((line) => line.MESSAGE === null)).toHaveLength(1);
    const all = await lines(`${JOURNAL} --after-cursor='${cursor}' --all`);
    expect(all.some((line) => line.MESSAGE === 'x'.repeat(5000))).toBe(true);
  });

  it('survives a restart of kanidmd and of the fleet, cursors included', async () => {
    const root = `${fleet.root}/kept`;
    const first = await startPracticeFleet({ servers: 1, kanidmd: fake.path, root });
    const before = await connect(first, first.machine('idm-a'));
    const answer = await exec(before, `${JOURNAL} -n 1`);
    const cursor = parse(answer.stdout)[0]?.__CURSOR ?? '';
    before.end();
    await first.close();
    const second = await startPracticeFleet({ servers: 1, kanidmd: fake.path, root });
    const again = await connect(second, second.machine('idm-a'));
    const later = parse((await exec(again, `${JOURNAL} --after-cursor='${cursor}'`)).stdout).map(
      (line) => line.MESSAGE,
    );
    again.end();
    await second.close();
    expect(later).toContain('Stopped kanidmd.service - Kanidm, the IDM for rustaceans.');
    expect(later).toContain('Starting kanidmd.service - Kanidm, the IDM for rustaceans...');
    expect(later.indexOf('Stopped kanidmd.service - Kanidm, the IDM for rustaceans.')).toBeLessThan(
      later.indexOf('Starting kanidmd.service - Kanidm, the IDM for rustaceans...'),
    );
  });
});

/** Follows until this many lines have come, then closes the channel. */
async function followFor(count: number, command: string): Promise<Line[]> {
  const channel = await open(client, command);
  let text = '';
  channel.on('data', (bytes: Buffer) => (text += bytes.toString()));
  const whole = (): string => text.slice(0, text.lastIndexOf('\n') + 1);
  await until(() => parse(whole()).length >= count, `${count} lines have come`);
  channel.close();
  return parse(whole());
}
