import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../../electron/engine/api/engine';
import { run } from '../../../electron/cli/run';
import { FleetTrust } from '../../../electron/engine/trust/fleet-trust';
import { guardEngine } from '../../../electron/engine/trust/guard-engine';
import { plain } from '../../../electron/cli/text/paint';

/** The command line on a real engine, with nobody at the terminal; every fleet file is trusted. */
export const kanilink = (engine: Engine, ...words: readonly string[]) =>
  kanilinkUntil(engine, new AbortController().signal, words);

/** The same, until Ctrl-C. @param heard what it says so far */
export async function kanilinkUntil(
  engine: Engine,
  signal: AbortSignal,
  words: readonly string[],
  { out, err }: { readonly out: string[]; readonly err: string[] } = { out: [], err: [] },
) {
  const print = (text: string): void => void out.push(text);
  const say = (text: string): void => void err.push(text);
  const configDir = await mkdtemp(join(tmpdir(), 'kl-trust-'));
  const trust = new FleetTrust({ home: configDir, configDir, log: say });
  const world = {
    // The site closes its engines itself.
    engine: {
      ...guardEngine(engine, trust, () => Promise.resolve(true), Date.now),
      close: () => Promise.resolve(),
    },
    print,
    say,
    paint: plain,
    paintSaid: plain,
    env: {},
    interactive: false,
    columns: null,
    askLine: () => Promise.resolve(null),
    signal,
    now: Date.now,
  };
  const code = await run(words, { print, say, version: '0.0.0', open: () => world });
  await rm(configDir, { recursive: true });
  return { code, out: out.join('\n'), err: err.join('\n') };
}
