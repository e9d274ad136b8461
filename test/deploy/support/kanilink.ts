import type { Engine } from '../../../electron/engine/engine';
import { run } from '../../../electron/cli/run';
import { plain } from '../../../electron/cli/text/paint';

/** The command line on a real engine, with nobody at the terminal. */
export async function kanilink(engine: Engine, ...words: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const print = (text: string): void => void out.push(text);
  const say = (text: string): void => void err.push(text);
  const world = {
    // The site closes its engines itself.
    engine: { ...engine, close: () => Promise.resolve() },
    print,
    say,
    paint: plain,
    paintSaid: plain,
    interactive: false,
    columns: null,
    askLine: () => Promise.resolve(null),
    signal: new AbortController().signal,
    now: Date.now,
  };
  const code = await run(words, { print, say, version: '0.0.0', open: () => world });
  return { code, out: out.join('\n'), err: err.join('\n') };
}
