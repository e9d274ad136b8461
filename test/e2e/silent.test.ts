import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeDesk } from '../kanidm/support/desk';
import { type Listener, startListener } from './support/listener';
import { untilReplicating } from './support/replication';
import { open, practise } from './support/session';
import { pair, reviewAndDeploy, ROUNDS_LIMIT_MS } from './support/story';
import { until } from './support/until';

const LIMIT_MS = 30_000;
/** A dial that is not answered is given up after 20 s, and made again. */
const GIVEN_UP_MS = 60_000;
const FOUR = ['idm-a', 'idm-b', 'idm-c', 'idm-d'];

let silent: Listener;
beforeEach(async () => {
  silent = await startListener('is silent');
});
afterEach(() => silent.close());

it('one of five that accepts and never answers changes nothing of the others: on opening, by Check, in a status', async () => {
  const { fleet, server } = await practise({ servers: 4, replication: () => true });
  const first = await open({ fleet: fleet.fleet });
  for (const id of FOUR) await first.window.untilServer(id, 'running', LIMIT_MS);
  await pair(first.window, 'idm-a', 'idm-b', 'idm-a');
  await reviewAndDeploy(first.window, ['idm-b']);
  await untilReplicating([server('idm-a'), server('idm-b')], ROUNDS_LIMIT_MS);
  await first.electron.close();
  appendFileSync(
    fleet.fleet,
    `\n[[server]]\nid = "idm-e"\nconnect = "ssh"\nendpoint = "ssh://ada@127.0.0.1:${silent.port}"\n`,
  );

  const { window } = await open({ fleet: fleet.fleet });
  const { page } = window;
  const away = (): Promise<string> => window.servers.row('idm-e').innerText();
  for (const id of FOUR) await window.untilServer(id, 'running', LIMIT_MS);
  await window.canvas.untilHealth('idm-a', 'idm-b', 'replicating', ROUNDS_LIMIT_MS);
  // It is waited for still.
  expect(await away()).toContain('not known');
  await window.reviewButton.filter({ hasText: '1 server not read' }).waitFor({ timeout: 90_000 });
  expect(await page.getByTestId('fleet-health').innerText()).toBe('both pulls replicating');
  // That it has none of something is said only of what was read.
  await window.servers.select('idm-e');
  await window.openTab('Problems');
  const parts = [
    'header[data-pane="top"]',
    '[data-testid="server-inspector"]',
    '[data-pane="details"]',
    'footer',
  ];
  const said = await Promise.all(parts.map((part) => page.locator(part).first().innerText()));
  expect(said.join('\n')).not.toMatch(/not set up|none yet|no links|\b0 pulls|no problems$/im);
  expect(await window.servers.inspector.innerText()).toMatch(/Certificate\s+Not known\./i);

  // A check waits for it; what is known of the others stays meanwhile.
  await page.evaluate(() => {
    const seen = ((globalThis as { seen?: Set<string> }).seen = new Set<string>());
    new MutationObserver(() => {
      for (const it of document.querySelectorAll('[data-link]'))
        seen.add(`pull ${it.getAttribute('data-pull-health')}`);
      for (const row of document.querySelectorAll<HTMLElement>('[data-server-row]'))
        if (row.dataset['serverRow'] !== 'idm-e' && !/\brunning\b/.test(row.innerText))
          seen.add(row.innerText);
    }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  await window.check();
  const dialled = silent.dialled;
  await until('it is given up, and dialled again', () => silent.dialled > dialled, GIVEN_UP_MS);
  const seen = await page.evaluate(() => [...((globalThis as { seen?: Set<string> }).seen ?? [])]);
  expect(seen).toEqual(['pull replicating']);

  const desk = makeDesk(join(fleet.root, 'desk'));
  const status = await desk.run('status', fleet.fleet, '--json');
  const { servers, pulls } = JSON.parse(status.stdout) as {
    readonly servers: readonly { readonly id: string; readonly state: string }[];
    readonly pulls: readonly { readonly health: string }[];
  };
  expect(servers.map(({ id, state }) => `${id} ${state}`)).toEqual([
    ...FOUR.map((id) => `${id} running`),
    'idm-e unreachable',
  ]);
  expect(pulls.map(({ health }) => health)).toEqual(['replicating', 'replicating']);
}, 300_000);
