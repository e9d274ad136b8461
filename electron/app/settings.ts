import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const bounds = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  maximized: z.boolean(),
});

const settings = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  readOnly: z.boolean().default(false),
  /** Fleet files opened last, newest first. */
  recent: z.array(z.string()).max(20).default([]),
  /** Where the window was; null: never moved. */
  window: bounds.nullable().default(null),
});

export type Settings = Readonly<z.output<typeof settings>>;
export type WindowBounds = Readonly<z.output<typeof bounds>>;

/** What the app remembers between starts. Holds no secrets. */
export interface SettingsFile {
  read(): Settings;
  /** Changes what is given and keeps the rest; the file is replaced whole or not at all. */
  change(part: Partial<Settings>): void;
}

/**
 * Opens the settings. A file that cannot be read is put aside as `FILE.broken`, and the defaults hold: an app that does
 * not start over its own settings would be worse.
 *
 * @param log a line for the log file
 */
export function openSettings(path: string, log: (line: string) => void): SettingsFile {
  let current = readSettings(path, log);
  return {
    read: () => current,
    change: (part) => {
      current = settings.parse({ ...current, ...part });
      try {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(`${path}.new`, `${JSON.stringify(current, null, 2)}\n`);
        renameSync(`${path}.new`, path);
      } catch (cause) {
        log(`settings are not kept: ${String(cause)}`);
      }
    },
  };
}

function readSettings(path: string, log: (line: string) => void): Settings {
  const defaults = settings.parse({});
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return defaults;
  }
  try {
    return settings.parse(JSON.parse(text));
  } catch (cause) {
    log(`settings cannot be read, defaults are used: ${String(cause)}`);
    renameSync(path, `${path}.broken`);
    return defaults;
  }
}
