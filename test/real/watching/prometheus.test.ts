import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findProgram } from '../../../build/launch/display.mjs';
import { kanilinkUntil } from '../../deploy/support/kanilink';
import { deployed, startSite, type TestSite } from '../../deploy/support/site';
import { until } from '../../e2e/support/until';
import { freePort } from '../../ssh/sshd';
import { startProgram, startReceiver, type ToldAlert } from './programs';

const FOLDER = resolve('docs/watching');
const prometheus = findProgram('prometheus');
const alertmanager = findProgram('prometheus-alertmanager', 'alertmanager');

const dashboard = z.object({
  panels: z.array(
    z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).exactOptional() }),
  ),
  templating: z.object({
    list: z.array(
      z.object({ name: z.string(), query: z.union([z.string(), z.object({ query: z.string() })]) }),
    ),
  }),
});

const without = prometheus === undefined || alertmanager === undefined;
describe.skipIf(without)('Prometheus and Alertmanager (skipped where one is not installed)', () => {
  const ends: (() => unknown)[] = [];
  const heard: { readonly out: string[]; readonly err: string[] } = { out: [], err: [] };
  let site: TestSite;
  let told: readonly ToldAlert[];
  let scrapes: string;

  /** An alert about idm-b, as it was told last. */
  const state = (name: string): ToldAlert['status'] | undefined =>
    told.findLast(
      ({ labels }) => labels['alertname'] === name && (labels['server'] ?? labels['consumer']) === 'idm-b',
    )?.status;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kl-prometheus-'));
    ends.push(() => rmSync(folder, { recursive: true }));
    site = await startSite(2);
    ends.push(() => site.close());
    const deployer = site.engine();
    const { end } = await deployed(deployer, await site.text(), { erase: ['idm-b'] });
    expect(end.outcome).toBe('done');
    await deployer.close();
    const receiver = await startReceiver();
    ends.push(receiver.close);
    told = receiver.told;
    const [at, alertsAt] = [await freePort(), await freePort()];
    scrapes = `http://127.0.0.1:${at}`;
    writeFileSync(
      join(folder, 'alertmanager.yml'),
      `route: { receiver: test, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers: [{ name: test, webhook_configs: [{ url: 'http://127.0.0.1:${receiver.port}/', send_resolved: true }] }]
`,
    );
    const alerts = startProgram(alertmanager ?? '', [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'alerts')}`,
      ...[`--web.listen-address=127.0.0.1:${alertsAt}`, '--cluster.listen-address='],
    ]);
    ends.push(alerts.end);
    const stop = new AbortController();
    const { path } = await site.text();
    const words = [
      ...['--metrics', '127.0.0.1:0', '--alertmanager', `http://127.0.0.1:${alertsAt}`],
      ...['--ruv-every', '60'],
    ];
    const watch = kanilinkUntil(site.engine(), stop.signal, ['watch', path, '--json', ...words], heard);
    ends.push(async () => {
      stop.abort();
      expect((await watch).code).toBe(0);
    });
    const port = await until(
      'metrics are served',
      () => /Metrics at port (\d+)/.exec(heard.err.join('\n'))?.[1],
      30_000,
    );
    writeFileSync(
      join(folder, 'prometheus.yml'),
      `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['${join(FOLDER, 'kanilink.rules.yml')}']
alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:${alertsAt}'] }] }] }
scrape_configs: [{ job_name: kanilink, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]
`,
    );
    const server = startProgram(prometheus ?? '', [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'series')}`,
      `--web.listen-address=127.0.0.1:${at}`,
    ]);
    ends.push(server.end);
  }, 300_000);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  interface Series {
    readonly metric: Readonly<Record<string, string>>;
    readonly value: readonly [number, string];
  }
  /** Null: Prometheus refuses it, or is not there yet. */
  const asked = async (text: string): Promise<readonly Series[] | null> => {
    const response = await fetch(`${scrapes}/api/v1/query?query=${encodeURIComponent(text)}`).catch(
      () => null,
    );
    if (response?.ok !== true) return null;
    const { data } = (await response.json()) as { readonly data: { readonly result: readonly Series[] } };
    return data.result;
  };
  const query = async (text: string): Promise<readonly Series[]> => (await asked(text)) ?? [];
  const isOne = (result: Awaited<ReturnType<typeof query>>) => result[0]?.value[1] === '1';

  const replicating = async (pulls: number): Promise<boolean> =>
    (await query('sum(kanilink_pull_health{health="replicating"})'))[0]?.value[1] === String(pulls);

  it('answer every panel of the dashboard, for the fleet that its variable offers', async () => {
    const { panels, templating } = dashboard.parse(
      JSON.parse(readFileSync(join(FOLDER, 'grafana-dashboard.json'), 'utf8')),
    );
    const variable = templating.list.find(({ name }) => name === 'fleet');
    const [, metric = '', label = ''] =
      /^label_values\((\w+), (\w+)\)$/.exec(
        typeof variable?.query === 'object' ? variable.query.query : '',
      ) ?? [];
    const fleets = async (): Promise<readonly string[]> =>
      (await query(metric)).flatMap(({ metric: labels }) => labels[label] ?? []);
    const [fleet] = await until(
      'the fleet is offered',
      async () => ((await fleets()).length > 0 ? fleets() : null),
      90_000,
    );
    const exprs = panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => [title, expr.replaceAll('$fleet', fleet ?? '')] as const),
    );
    expect(exprs.length).toBeGreaterThan(10);
    for (const [title, expr] of exprs) {
      // A panel that shows only what is not well is empty while all is well: then what it chooses from is there.
      const chosen = await until(
        `${title} has series: ${expr}`,
        async () => {
          const found = await query(expr.replace(/ == 1\)$/, ')'));
          return found.length > 0 ? found : null;
        },
        90_000,
      );
      expect(
        chosen.every(({ value }) => !Number.isNaN(Number(value[1]))),
        title,
      ).toBe(true);
      expect(await asked(expr), title).not.toBeNull();
    }
    expect(await asked('max by (')).toBeNull();
  }, 300_000);

  it('tell of a server that stops, by what is scraped and by what is pushed, and that it runs again', async () => {
    const running = 'kanilink_server_state{server="idm-b",state="running"}';
    await until('idm-b is scraped as running', async () => isOne(await query(running)), 90_000);
    expect([state('KanilinkServerStopped'), state('KanilinkServerBroken')]).toEqual([undefined, undefined]);

    await until('both pulls are scraped as replicating', () => replicating(2), 90_000);

    await site.fleet.machine('idm-b').stopKanidmd();
    const names = ['KanilinkServerStopped', 'KanilinkServerBroken'] as const;
    await until('no pull is scraped as replicating', () => replicating(0), 90_000);
    const are = (status: ToldAlert['status']): boolean => names.every((it) => state(it) === status);
    await until('both alerts arrive', () => are('firing'), 180_000);

    await site.fleet.machine('idm-b').startKanidmd();
    await until('both alerts resolve', () => are('resolved'), 240_000);
    await until('both pulls are scraped as replicating again', () => replicating(2), 90_000);
    const kinds = heard.out.map((line) => (JSON.parse(line) as { readonly kind: string }).kind);
    expect(kinds.filter((it) => it === 'broke').length).toBeGreaterThan(0);
    expect(kinds).toContain('healed');
  }, 600_000);
});
