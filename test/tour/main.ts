import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openWindow, type ElectronWindow } from '../e2e/support/electron-window';
import { Storyteller } from './storyteller';
import { tour } from './tour';

/**
 * `npm start -- --tour`: plays the tour and exits 0 only if the servers themselves end as they should. `KANILINK_ELECTRON`
 * and `KANILINK_APP` say what is played; `--pictures DIR` where the pictures go (default: beside this program).
 */
void main();

async function main(): Promise<void> {
  const here = dirname(resolve(process.argv[1] ?? '.'));
  const { values } = parseArgs({ options: { pictures: { type: 'string', default: here } }, strict: false });
  const kanidmd = join(here, '..', 'main', 'practice-kanidmd.cjs');
  if (!existsSync(kanidmd)) return leave(null, `${kanidmd} is missing: build first (npm start does).`);
  let electron: ElectronWindow | null = null;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void leave(electron, `The tour was ended by ${signal}.`));
  const pictures = typeof values.pictures === 'string' ? resolve(values.pictures) : here;
  const tell = new Storyteller(pictures);
  try {
    electron = await tell.step('The window opens', 90_000, () => openWindow());
    await tour(electron, tell, kanidmd);
  } catch (cause) {
    await electron?.page
      .screenshot({ path: join(pictures, 'failed.png'), timeout: 5000 })
      .catch(() => undefined);
    return leave(electron, `The tour failed. ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  console.log(`The tour is over, all went well. Pictures: ${pictures}`);
  return leave(electron, null);
}

/** Ends the app and this process. @param trouble null: all went well */
async function leave(electron: ElectronWindow | null, trouble: string | null): Promise<void> {
  if (trouble !== null) {
    console.error(trouble);
    if (electron !== null) {
      console.error(
        `Electron said:\n${electron.said.join('')}\nThe log file:\n${electron.logFile().slice(-8000)}`,
      );
    }
  }
  await electron?.close();
  process.exit(trouble === null ? 0 : 1);
}
