import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../../build/launch/display.mjs';
import { kanilinkUntil } from '../../deploy/support/kanilink';
import { startSite, type TestSite } from '../../deploy/support/site';
import { until } from '../../e2e/support/until';
import { freePort } from '../../ssh/sshd';
import { startProgram, startReceiver, type ToldAlert } from './programs';

const FOLDER = resolve('docs/watching');
const prometheus = findProgram('prometheus');
const alertmanager = findProgram('prometheus-alertmanager', 'alertmanager');

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
    const words = ['--metrics', '127.0.0.1:0', '--alertmanager', `http://127.0.0.1:${alertsAt}`];
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
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  const query = async (text: string): Promise<readonly { readonly value: readonly [number, string] }[]> => {
    const response = await fetch(`${scrapes}/api/v1/query?query=${encodeURIComponent(text)}`).catch(
      () => null,
    );
    if (response?.ok !== true) return [];
    const { data } = (await response.json()) as {
      readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
    };
    return data.result;
  };
  const isOne = (result: Awaited<ReturnType<typeof query>>) => result[0]?.value[1] === '1';

  it('tell of a server that stops, by what is scraped and by what is pushed, and that it runs again', async () => {
    const running = 'kanilink_server_state{server="idm-b",state="running"}';
    await until('idm-b is scraped as running', async () => isOne(await query(running)), 90_000);
    expect([state('KanilinkServerStopped'), state('KanilinkServerBroken')]).toEqual([undefined, undefined]);

    await site.fleet.machine('idm-b').stopKanidmd();
    const names = ['KanilinkServerStopped', 'KanilinkServerBroken'] as const;
    const are = (status: ToldAlert['status']): boolean => names.every((it) => state(it) === status);
    await until('both alerts arrive', () => are('firing'), 180_000);

    await site.fleet.machine('idm-b').startKanidmd();
    await until('both alerts resolve', () => are('resolved'), 240_000);
    const kinds = heard.out.map((line) => (JSON.parse(line) as { readonly kind: string }).kind);
    expect(kinds.filter((it) => it === 'broke').length).toBeGreaterThan(0);
    expect(kinds).toContain('healed');
  }, 600_000);
});
