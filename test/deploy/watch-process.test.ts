import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { FleetEvent } from '../../shared/events/fleet-event';
import { until } from '../e2e/support/until';
import { startJsonReceiver } from '../support/json-receiver';
import { type Desk, makeDesk, type Running } from '../kanidm/support/desk';
import { deployed, startSite, type TestSite } from './support/site';

/** Limits are for what hangs: nothing here is measured. Milliseconds. */
const LIMIT = 90_000;

/** Takes what a webhook is told. */
async function startWebhook() {
  const events: FleetEvent[] = [];
  const receiver = await startJsonReceiver<{ readonly events: readonly FleetEvent[] }>((body) =>
    events.push(...body.events),
  );
  return { events, url: `http://127.0.0.1:${receiver.port}/`, close: receiver.close };
}

/** The series of a text of metrics that have 1, as `kanilink_server_state{idm-a running}`. */
const ones = (text: string, name: string): string[] =>
  [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} 1$`, 'gm'))]
    .map(([, labels = '']) =>
      [...labels.matchAll(/(\w+)="([^"]*)"/g)].flatMap(([, key, value]) => (key === 'fleet' ? [] : [value])),
    )
    .map((labels) => labels.join(' '))
    .sort();

describe('kanilink watch, as a process of its own', () => {
  let site: TestSite;
  let desk: Desk;
  let hook: Awaited<ReturnType<typeof startWebhook>>;
  let watch: Running | null = null;

  const start = async (servers: number): Promise<void> => {
    site = await startSite(servers);
    desk = makeDesk(join(site.configDir, '..', 'desk'));
    hook = await startWebhook();
  };
  const run = (...words: string[]): Running =>
    (watch = desk.start('watch', site.fleet.fleet, '--json', '--webhook', hook.url, ...words));
  afterEach(async () => {
    watch?.kill();
    await watch?.ended;
    watch = null;
    hook.close();
    await site.close();
  });
  const heard = (): string[] =>
    hook.events.flatMap((it) => (it.kind === 'server-state' ? [`${it.server} ${it.to}`] : []));

  it('writes its textfile whole, tells a webhook, and leaves nothing green behind when it ends', async () => {
    await start(2);
    const engine = site.engine();
    const { end } = await deployed(engine, await site.text(), { erase: ['idm-b'] });
    expect(end.outcome).toBe('done');
    await engine.close();
    const textfile = join(desk.home, 'kanilink.prom');
    const metrics = (): string => {
      try {
        return readFileSync(textfile, 'utf8');
      } catch {
        return '';
      }
    };
    const watch = run('--textfile', textfile, '--ruv-every', '60');
    /** Whatever was read of the file at any time. */
    const seen = new Set<string>();
    const look = (): string => {
      const text = metrics();
      if (text !== '') seen.add(text);
      return text;
    };
    await until(
      'the textfile shows both servers running and both pulls replicating',
      () =>
        ones(look(), 'kanilink_server_state').join() === 'idm-a running,idm-b running' &&
        ones(look(), 'kanilink_pull_health').join() === 'idm-a idm-b replicating,idm-b idm-a replicating',
      LIMIT,
    );
    await until(
      'the webhook is told of both servers',
      () => ['idm-a running', 'idm-b running'].every((it) => heard().includes(it)),
      LIMIT,
    );
    await until(
      'how far both are behind is known',
      () => (look().match(/^kanilink_pull_behind_(changes|seconds)\{.*\} \d+$/gm) ?? []).length === 4,
      LIMIT,
    );
    const looks = Number(/^kanilink_watch_looks_total\{.*\} (\d+)$/m.exec(look())?.[1]);
    await until(
      'the textfile is written again',
      () => Number(/^kanilink_watch_looks_total\{.*\} (\d+)$/m.exec(look())?.[1]) > looks,
      LIMIT,
    );
    const types = (text: string): string => (text.match(/^# TYPE \S+/gm) ?? []).join();
    expect(new Set([...seen].map(types)).size).toBe(1);
    expect([...seen].every((text) => text.endsWith('\n'))).toBe(true);

    watch.end();
    const ended = await watch.ended;
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    const last = metrics();
    expect(types(last)).toBe(types([...seen][0] ?? ''));
    expect(ones(last, 'kanilink_server_state')).toEqual(['idm-a unknown', 'idm-b unknown']);
    expect(ones(last, 'kanilink_pull_health')).toEqual(['idm-a idm-b unknown', 'idm-b idm-a unknown']);
    expect(ones(last, 'kanilink_logins_state')).toEqual(['idm-a idm-b unknown', 'idm-b idm-a unknown']);
    expect(ones(last, 'kanilink_ruv_state')).toEqual(['idm-a unknown', 'idm-b unknown']);
    expect(last).not.toMatch(/^kanilink_pull_behind/m);
    // Its age is told by whoever reads it: it was written before it ended.
    const lookedAt = Number(/^kanilink_watch_last_look_timestamp_seconds\{.*\} (\S+)$/m.exec(last)?.[1]);
    expect(lookedAt).toBeGreaterThan(0);
    expect(lookedAt).toBeLessThanOrEqual(Date.now() / 1000);
    expect(readdirSync(desk.home).filter((name) => name.startsWith('.kanilink-'))).toEqual([]);
    // Every line that it printed is whole.
    const printed = ended.stdout.trim().split('\n');
    expect(printed.map((line) => (JSON.parse(line) as FleetEvent).format)).toEqual(printed.map(() => 1));
  });

  it('follows the fleet file: takes what is trusted, and keeps what it watched of what is broken or strange', async () => {
    await start(3);
    const { path, text } = await site.text();
    /** The fleet file without a server, and without its links. */
    const without = (id: string): string =>
      text
        .split(/^(?=\[\[)/m)
        .filter((block) => !block.includes(`"${id}"`))
        .join('');
    const answer = (word: string): void =>
      writeFileSync(join(desk.home, 'ask.sh'), `#!/bin/sh\necho ${word}\n`, { mode: 0o755 });
    writeFileSync(path, without('idm-c'));
    const watch = run('--metrics', '127.0.0.1:0');
    const port = await until(
      'metrics are served',
      () => /Metrics at port (\d+)/.exec(watch.soFar().stderr)?.[1],
      LIMIT,
    );
    const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const states = async (): Promise<string> => ones(await metrics(), 'kanilink_server_state').join();
    const taken = async (): Promise<string | undefined> =>
      /^kanilink_watch_fleet_file_taken\{.*\} (\d)$/m.exec(await metrics())?.[1];
    const AB = 'idm-a running,idm-b running';
    await until('both are watched', async () => (await states()) === AB, LIMIT);
    expect(await taken()).toBe('1');

    // Somebody else's text names a server that was not trusted, and nobody agrees.
    answer('no');
    writeFileSync(path, text);
    await until('the strange file is refused', async () => (await taken()) === '0', LIMIT);
    expect(watch.soFar().stderr).toContain('not trusted');
    expect(await states()).toBe(AB);
    writeFileSync(path, 'version = ');
    await until(
      'the broken file is refused',
      () => watch.soFar().stderr.split('what was watched before still is').length === 3,
      LIMIT,
    );
    expect([await taken(), await states()]).toEqual(['0', AB]);
    writeFileSync(path, without('idm-c'));
    await until('the file is as it was', async () => (await taken()) === '1', LIMIT);
    expect(await states()).toBe(AB);
    expect(heard().filter((it) => it.startsWith('idm-c'))).toEqual([]);

    answer('yes');
    writeFileSync(path, text);
    await until('the third is watched', async () => (await states()) === `${AB},idm-c running`, LIMIT);
    await until('the webhook is told of it', () => heard().includes('idm-c running'), LIMIT);
    writeFileSync(path, without('idm-b'));
    await until('the second is gone', async () => (await states()) === 'idm-a running,idm-c running', LIMIT);
    expect(await metrics()).not.toContain('"idm-b"');
    // What went on being watched was told of once.
    expect(heard().filter((it) => it.startsWith('idm-a'))).toEqual(['idm-a running']);
    watch.end();
    expect((await watch.ended).code).toBe(0);
  });
});
