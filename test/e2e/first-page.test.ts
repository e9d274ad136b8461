import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../electron/engine/base/time';
import type { Entry } from '../../electron/engine/history/entries';
import { HistoryStore } from '../../electron/engine/history/history-store';
import type { FleetGlance } from '../../shared/history/history';
import { trustFile } from './support/electron-window';
import { open } from './support/session';
import { until } from './support/until';

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

/** A home in which Kanilink has watched before: what its own store has kept, and which fleets were open. */
async function homeWith(entries: (folder: string) => readonly Entry[], recent: readonly string[]) {
  const home = mkdtempSync(join(tmpdir(), 'kanilink-home-'));
  const profile = join(home, 'kanilink');
  mkdirSync(profile, { recursive: true, mode: 0o700 });
  const paths = recent.map((name) => join(home, name));
  writeFileSync(join(profile, 'settings.json'), JSON.stringify({ recent: paths }));
  const store = new HistoryStore({ configDir: profile, clock: systemClock, log: () => undefined });
  store.add(entries(home));
  await store.glances();
  await store.close();
  return { home, paths };
}

it('several fleets stand on the first page, each with its own worst state and age', async () => {
  const now = Date.now();
  const glance = (folder: string, name: string, more: Partial<FleetGlance>): Entry => ({
    kind: 'fleet',
    glance: { path: join(folder, `${name}.toml`), name, at: now, pulls: {}, down: 0, servers: 2, ...more },
  });
  const { home } = await homeWith(
    (folder) => [
      glance(folder, 'home', { at: now - 3 * MINUTE, pulls: { replicating: 2 }, logins: 0 }),
      glance(folder, 'office', { at: now - 5 * HOUR, pulls: { replicating: 3, broken: 1 }, down: 1 }),
      glance(folder, 'lab', { at: now - 2 * DAY, pulls: { replicating: 2 }, logins: 1 }),
    ],
    ['home.toml', 'office.toml', 'lab.toml', 'never.toml'],
  );
  const { window } = await open({ home });
  const of = (name: string) => window.page.getByRole('button', { name: `${name}.toml` });
  const told = async (name: string) => {
    const words = of(name).locator('[data-glance]');
    return [await words.getAttribute('data-glance'), (await words.innerText()).trim()];
  };
  await of('lab').locator('[data-glance]').waitFor();
  // What was well then is not called well now.
  expect(await told('home')).toEqual([
    'quiet',
    expect.stringMatching(/^2 pulls replicated · as of 3 min ago$/),
  ]);
  expect(await told('office')).toEqual([
    'bad',
    expect.stringMatching(/^1 pull broken, 1 server not running · as of 5 h ago$/),
  ]);
  expect(await told('lab')).toEqual([
    'bad',
    expect.stringMatching(/^2 pulls replicated, logins broken · as of 2 days ago$/),
  ]);
  expect(await of('never').locator('[data-glance]').count()).toBe(0);
});

it('an hour, a day, a week and a month show what happened in them', async () => {
  const now = Date.now();
  const starts = [20 * MINUTE, 5 * HOUR, 3 * DAY, 20 * DAY];
  const { home, paths } = await homeWith(
    (folder) => {
      const fleet = join(folder, 'home.toml');
      const [a, pull] = [
        { fleet, consumer: 'idm-a', supplier: '' },
        { fleet, consumer: 'idm-b', supplier: 'idm-a' },
      ];
      return starts.flatMap((ago): Entry[] => {
        const at = now - ago;
        return [
          { kind: 'start', subject: a, at },
          { kind: 'round', subject: pull, at, wrote: at, tookMs: 12, good: true, refresh: false },
          {
            kind: 'seen',
            stretch: {
              ...{ subject: pull, since: at, until: at + 5 * MINUTE, word: 'replicating', cause: '' },
              row: null,
            },
          },
        ];
      });
    },
    ['home.toml'],
  );
  const [fleet = ''] = paths;
  // Nobody answers there: what is shown is what was kept.
  writeFileSync(
    fleet,
    `version = 1
name = "Home"
${['idm-a', 'idm-b'].map((id) => `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://nobody@127.0.0.1:9"\n`).join('')}
[[link]]
supplier = "idm-a"
consumer = "idm-b"
`,
  );
  await trustFile(home, fleet);
  const { window } = await open({ home, fleet });
  const { page } = window;
  await window.openTab('History');
  await page.getByTestId('history-plot').waitFor({ timeout: 60_000 });
  await page.getByText('What happened', { exact: true }).click();
  const shown = page.getByLabel('Shown', { exact: true });
  const marks = page.getByText('kanidmd started on idm-a', { exact: true });
  /** The chart's own words: since when it shows. */
  const begin = async (): Promise<string> =>
    (await page.getByText(/ to .*Where nothing is drawn/).innerText()).split(' to ')[0] ?? '';
  const begins = new Set<string>();
  for (const [n, id] of ['hour', 'day', 'week', 'month'].entries()) {
    await shown.selectOption(id);
    await until(`a ${id} shows ${n + 1} starts`, async () => (await marks.count()) === n + 1, 30_000);
    begins.add(await begin());
  }
  expect(begins.size).toBe(4);
  // And back: what lies further away goes again.
  await shown.selectOption('hour');
  await until('an hour shows one', async () => (await marks.count()) === 1, 30_000);
  // The hour before that one had none.
  await page.getByRole('button', { name: 'Earlier' }).click();
  await until('an hour earlier shows none', async () => (await marks.count()) === 0, 30_000);
});
