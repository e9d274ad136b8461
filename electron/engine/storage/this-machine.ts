import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the random part of this machine's name is kept. */
const KEPT = 'machine';
const FORM = /^[0-9a-f]{32}$/;

const known = new Map<string, Promise<string | null>>();

/**
 * What names this machine, for what is written down in a folder that another machine may read too. A host's name does not:
 * it changes with the network. It is made of a random text that is kept beside the journals and, on Linux, of the system's
 * own `/etc/machine-id`, so that a folder on a shared disk does not make two machines one. Not a secret.
 * @returns null when none can be kept there.
 */
export function thisMachine(configDir: string): Promise<string | null> {
  const before = known.get(configDir);
  if (before !== undefined) return before;
  const name = nameIn(configDir);
  known.set(configDir, name);
  // What could not be written now may be later.
  void name.then((it) => it ?? known.delete(configDir));
  return name;
}

async function nameIn(configDir: string): Promise<string | null> {
  const kept = await keptIn(configDir).catch(() => null);
  if (kept === null) return null;
  const system = await readFile('/etc/machine-id', 'utf8').catch(() => '');
  return createHash('sha256').update(`${kept}\n${system.trim()}`).digest('hex').slice(0, 32);
}

async function keptIn(configDir: string): Promise<string | null> {
  const path = join(configDir, KEPT);
  await mkdir(configDir, { recursive: true, mode: 0o700 });
  // Of two programs that start at once one writes it, and both read what it wrote.
  await writeFile(path, `${randomBytes(16).toString('hex')}\n`, { flag: 'wx', mode: 0o600 }).catch(
    () => undefined,
  );
  const kept = (await readFile(path, 'utf8')).trim();
  return FORM.test(kept) ? kept : null;
}
