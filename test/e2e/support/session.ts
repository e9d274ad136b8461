import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import {
  startPracticeFleet,
  type PracticeFleet,
  type PracticeFleetOptions,
} from '../../../practice/host/fleet';
import { OUT } from '../../../build/launch/places.mjs';
import { MainWindow } from '../pages/main-window';
import { openWindow, type ElectronWindow, type WindowOptions } from './electron-window';
import { PracticeServer } from './practice-server';

/** A practice fleet whose servers can be asked directly. */
export interface Practice {
  readonly fleet: PracticeFleet;
  readonly servers: readonly PracticeServer[];
  server(id: string): PracticeServer;
}

/**
 * Practice time passes five times as fast, so a round comes every two seconds, every three where Kanilink leaves the
 * interval at Kanidm's own 15 s: quick, and still long enough for a restart in between.
 */
const PACE = { speed: 5, pollIntervalSeconds: 10 };

const windows: ElectronWindow[] = [];
const practised: PracticeServer[] = [];
const ends: (() => Promise<void>)[] = [];
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    for (const window of windows) await report(window, task.name);
    for (const server of practised) console.error(lastWords(server));
  }
  windows.length = 0;
  practised.length = 0;
  for (const end of ends.splice(0).reverse()) await end();
});

/** Starts a practice fleet for this test; it ends with the test. */
export async function practise(options: Partial<PracticeFleetOptions> = {}): Promise<Practice> {
  const kanidmd = practiceKanidmd();
  const fleet = await startPracticeFleet({
    servers: 2,
    ...PACE,
    kanidmd,
    ...options,
  });
  ends.push(() => fleet.close());
  const servers = fleet.machines.map(
    (machine) => new PracticeServer(machine.id, machine.folder, kanidmd, options.version),
  );
  practised.push(...servers);
  return {
    fleet,
    servers,
    server: (id) => {
      const found = servers.find((server) => server.id === id);
      if (!found) throw new Error(`there is no server ${id}`);
      return found;
    },
  };
}

/**
 * Opens Kanilink for this test; it ends with the test. A fleet file that is named is open when this returns: a key that is
 * pressed before is lost.
 */
export async function open(
  options: WindowOptions = {},
): Promise<{ readonly window: MainWindow; readonly electron: ElectronWindow }> {
  const electron = await openWindow(options);
  windows.push(electron);
  ends.push(() => electron.close());
  if (options.fleet !== undefined) await electron.page.getByTestId('file-state').waitFor();
  return { electron, window: new MainWindow(electron.page) };
}

/** What helps to understand a failed test: what Electron and the app said, and a picture. */
async function report(window: ElectronWindow, test: string): Promise<void> {
  console.error(`Electron said:\n${window.said.join('')}\nThe log file:\n${window.logFile().slice(-8000)}`);
  const folder = join(OUT, 'e2e');
  const picture = join(folder, `${test.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 60)}.png`);
  mkdirSync(folder, { recursive: true });
  await window.page
    .screenshot({ path: picture, timeout: 5000 })
    .then(() => console.error(`The window: ${picture}`))
    .catch((cause: unknown) => console.error(`The window could not be pictured: ${String(cause)}`));
}

/** What a server said last beside its rounds and answers: why it ended, if it did. */
function lastWords(server: PracticeServer): string {
  try {
    const lines = server.journal().map(({ text }) => text);
    const telling = lines.filter((line) => !/^\S{36} INFO |Allowing admin socket access/.test(line));
    return `${server.id} said last:\n${telling.slice(-25).join('\n')}`;
  } catch (cause) {
    return `${server.id}'s journal cannot be read: ${String(cause)}`;
  }
}

/** The practice kanidmd of this checkout, also where the app under test is an installed one. */
export function practiceKanidmd(): string {
  const path = join(OUT, 'main', 'practice-kanidmd.cjs');
  if (!existsSync(path)) throw new Error(`${path} is not built`);
  return path;
}
