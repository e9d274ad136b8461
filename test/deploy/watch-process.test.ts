import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FleetEvent } from '../../shared/events/fleet-event';
import { until } from '../e2e/support/until';
import { type Desk, makeDesk, type Running } from '../kanidm/support/desk';
import { deployed, startSite, type TestSite } from './support/site';

/** Limits are for what hangs: nothing here is measured. Milliseconds. */
const LIMIT = 90_000;

/** Takes what a webhook is told. */
async function startWebhook() {
  const events: FleetEvent[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      events.push(...(JSON.parse(body) as { readonly events: readonly FleetEvent[] }).events);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    events,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
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
  let folder: string;
  let textfile: string;
  let hook: Awaited<ReturnType<typeof startWebhook>>;
  let watch: Running;

  beforeEach(async () => {
    site = await startSite(2);
    const engine = site.engine();
    const { end } = await deployed(engine, await site.text(), { erase: ['idm-b'] });
    expect(end.outcome).toBe('done');
    await engine.close();
    desk = makeDesk(join(site.configDir, '..', 'desk'));
    folder = desk.home;
    textfile = join(folder, 'kanilink.prom');
    hook = await startWebhook();
    const words = ['--textfile', textfile, '--webhook', hook.url, '--ruv-every', '60'];
    watch = desk.start('watch', site.fleet.fleet, '--json', ...words);
  });
  afterEach(async () => {
    watch.kill();
    await watch.ended;
    hook.close();
    await site.close();
  });

  const metrics = (): string => {
    try {
      return readFileSync(textfile, 'utf8');
    } catch {
      return '';
    }
  };
  const heard = (): string[] =>
    hook.events.flatMap((it) => (it.kind === 'server-state' ? [`${it.server} ${it.to}`] : []));

  it('writes its textfile whole, tells a webhook, and leaves nothing green behind when it ends', async () => {
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
    expect(readdirSync(folder).filter((name) => name.startsWith('.kanilink-'))).toEqual([]);
    // Every line that it printed is whole.
    const printed = ended.stdout.trim().split('\n');
    expect(printed.map((line) => (JSON.parse(line) as FleetEvent).format)).toEqual(printed.map(() => 1));
  });
});
