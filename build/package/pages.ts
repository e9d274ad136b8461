import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commands } from '../../electron/cli/commands';
import { version } from '../../package.json';
import { forBash, forFish, forZsh } from './completions';
import { manual } from './manual';

/** Writes the manual page and the completions below the folder that is named: what the packages put where each belongs. */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: pages FOLDER');
const files = {
  'man/kanilink.1': manual(commands, version),
  'completions/kanilink.bash': forBash(commands),
  'completions/_kanilink': forZsh(commands),
  'completions/kanilink.fish': forFish(commands),
};
for (const [name, text] of Object.entries(files)) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
