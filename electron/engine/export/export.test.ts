import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock';
import { reportOf } from '../../../test/support/status-reports';
import type { FleetEvent } from '../../../shared/events/fleet-event';
import { value } from '../../../test/support/results';
import type { RuvReport } from '../../../shared/ruv/ruv';
import { FleetMetrics } from './fleet-metrics';
import { metricsAddress, serveMetrics } from './metrics-server';
import { type Post, postJson, targetOf } from './post';
import { Webhook } from './webhook';

const DRAWN = {
  name: 'Home',
  servers: ['idm-a', 'idm-b'],
  pulls: [{ consumer: 'idm-b', supplier: 'idm-a' }],
};
const GOOD = reportOf({ pulls: [['idm-b', 'idm-a', 'replicating']] });

function made() {
  const clock = new VirtualClock();
  return { clock, metrics: new FleetMetrics(DRAWN, '1.0', clock) };
}
const health = (text: string): readonly string[] =>
  [...text.matchAll(/^kanilink_pull_health\{.*health="([^"]+)".*\} 1$/gm)].map((it) => it[1] ?? '');

describe('metrics', () => {
  it('say unknown before anything was seen, and again once what was seen is too old', async () => {
    const { clock, metrics } = made();
    expect(health(await metrics.text())).toEqual(['unknown']);
    metrics.look(GOOD);
    expect(health(await metrics.text())).toEqual(['replicating']);
    clock.advance(31_000);
    const old = await metrics.text();
    expect(health(old)).toEqual(['unknown']);
    expect(old).toMatch(/^kanilink_watch_last_look_age_seconds\{fleet="Home"\} 31$/m);
    expect(old).toMatch(/^kanilink_server_state\{server="idm-a",state="unknown",fleet="Home"\} 1$/m);
  });

  it('say who was not read, and why', async () => {
    const { metrics } = made();
    const row = { server: 'idm-b', state: 'unknown', at: '', newest: null, cause: '', fix: '' } as const;
    const told = async () =>
      [...(await metrics.text()).matchAll(/^kanilink_ruv_not_read\{.*\} 1$/gm)].map(([it]) => it);
    metrics.look({ ...GOOD, ruv: { servers: [{ ...row, code: 'ruv-too-large' }], pulls: [] } });
    expect(await told()).toEqual([
      'kanilink_ruv_not_read{server="idm-b",reason="ruv-too-large",fleet="Home"} 1',
    ]);
    metrics.look({ ...GOOD, ruv: { servers: [row], pulls: [] } });
    expect(await told()).toEqual([]);
  });

  it('say how far changes have come, and no number where that is not known', async () => {
    const { clock, metrics } = made();
    const said = { cause: '', fix: '' };
    const ruv = (lag: number | null): RuvReport => ({
      servers: [
        { server: 'idm-a', state: 'read', at: '', newest: null, ...said },
        { server: 'idm-b', state: 'went-back', at: '', newest: null, ...said },
      ],
      pulls: [{ consumer: 'idm-b', supplier: 'idm-a', changes: lag, seconds: lag && lag * 100, ...said }],
    });
    const told = async () =>
      [...(await metrics.text()).matchAll(/^kanilink_(?:ruv_state\{.*\} 1|pull_behind_.*)$/gm)].map(([it]) =>
        it.replace('kanilink_', '').replace(',fleet="Home"', ''),
      );
    const unknown = ['idm-a', 'idm-b'].map((id) => `ruv_state{server="${id}",state="unknown"} 1`);
    const of = '{consumer="idm-b",supplier="idm-a"}';
    const read = [
      'ruv_state{server="idm-a",state="read"} 1',
      'ruv_state{server="idm-b",state="went-back"} 1',
    ];
    expect(await told()).toEqual(unknown);
    metrics.look({ ...GOOD, ruv: ruv(3) });
    expect(await told()).toEqual([...read, `pull_behind_changes${of} 3`, `pull_behind_seconds${of} 300`]);
    metrics.look({ ...GOOD, ruv: ruv(null) });
    expect(await told()).toEqual(read);
    metrics.look({ ...GOOD, ruv: ruv(0) });
    clock.advance(31_000);
    expect(await told()).toEqual(unknown);
  });

  it('claim nothing any more once nobody watches', async () => {
    const { metrics } = made();
    metrics.look(GOOD);
    metrics.end();
    expect(health(await metrics.text())).toEqual(['unknown']);
  });

  it('are all there that the rules and the dashboard name', async () => {
    const { metrics } = made();
    metrics.look(GOOD);
    const there = await metrics.text();
    for (const file of ['kanilink.rules.yml', 'grafana-dashboard.json']) {
      const text = readFileSync(`docs/watching/${file}`, 'utf8');
      const named = new Set(text.match(/\b(?:kanilink|process)_[a-z_]+/g));
      expect(named.size).toBeGreaterThan(3);
      for (const name of named) expect(there, name).toContain(`# TYPE ${name} `);
    }
  });

  it('are served at /metrics to GET, and nothing else is', async () => {
    const { metrics } = made();
    const served = value(await serveMetrics({ host: '127.0.0.1', port: 0 }, metrics));
    const at = `http://127.0.0.1:${served.port}`;
    expect(await (await fetch(`${at}/metrics`)).text()).toContain('kanilink_build_info');
    expect((await fetch(`${at}/`)).status).toBe(404);
    expect((await fetch(`${at}/metrics`, { method: 'POST', body: 'x' })).status).toBe(405);
    await served.close();
  });

  it('are bound where it is said, and to this computer alone where it is not', () => {
    expect(metricsAddress('9777')).toEqual({ host: '127.0.0.1', port: 9777 });
    expect(metricsAddress('[::1]:9777')).toEqual({ host: '::1', port: 9777 });
    expect(metricsAddress('0.0.0.0:9777')).toEqual({ host: '0.0.0.0', port: 9777 });
    for (const bad of ['', 'x', '1:2:3', 'h:70000', 'http://h:1']) expect(metricsAddress(bad)).toBeNull();
  });
});

describe('messages', () => {
  const event = (server: string): FleetEvent => ({
    ...{
      format: 1,
      at: 1,
      kind: 'server-state',
      server,
      from: null,
      to: 'unreachable',
      cause: 'x'.repeat(500),
      fix: '',
    },
  });

  it('never follow a redirect, and never tell the path of an address', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const target = targetOf(`http://me:secret@127.0.0.1:${port}/hidden?key=secret`);
    if (target === null) throw new Error('no target');
    const posted = await postJson(target, '{}', new AbortController().signal);
    expect([posted.kind, asked]).toEqual(['refused', 1]);
    expect(JSON.stringify([target.shown, posted])).not.toMatch(/secret|hidden/);
    server.close();
  });

  it('of two hundred servers that went down are a few, wait within a bound, and come with pauses', async () => {
    const { clock, metrics } = made();
    const stop = new AbortController();
    const posts: { at: number; events: number }[] = [];
    const post: Post = async (_target, body) => {
      posts.push({
        at: clock.monotonic(),
        events: (JSON.parse(body) as { events: unknown[] }).events.length,
      });
      return posts.length <= 20 ? { kind: 'again', why: 'down' } : { kind: 'sent' };
    };
    const target = targetOf('http://127.0.0.1:1/');
    if (target === null) throw new Error('no target');
    const hook = new Webhook({
      ...{ fleet: 'Home', target, post, clock, metrics },
      say: () => undefined,
      signal: stop.signal,
    });
    for (let n = 0; n < 5000; n += 1) hook.push([event(`idm-${n}`)]);
    const run = hook.run();
    while (!/outcome="delivered".*\} [1-9]/.test(await metrics.text()))
      await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await run;
    expect(posts.every(({ events }) => events <= 100)).toBe(true);
    expect((posts[20]?.at ?? 0) - (posts[0]?.at ?? 0)).toBeGreaterThan(20 * 60_000);
    expect(await metrics.text()).toMatch(/outcome="dropped".*\} [1-9]/);
  });
});
