import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { certificateDue } from '../../shared/events/certificate-due';
import { quietHours } from '../../shared/events/quiet-hours';
import { layout } from '../../shared/ipc/layout';
import { RUV_EVERY } from '../../shared/ruv/by-itself';
import { ruvEvery } from '../../shared/ruv/ruv';
import { LOGINS_EVERY, loginsEvery } from '../../shared/serves/logins-every';
import { fileWords } from '../engine/storage/file-words';

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
  /** Minutes between two looks at logins; 0: never. */
  loginsEvery: loginsEvery.default(LOGINS_EVERY),
  /** Minutes between two looks at RUVs; 0: never. */
  ruvEvery: ruvEvery.default(RUV_EVERY),
  /** Fleet files opened last, newest first. */
  recent: z.array(z.string()).max(20).default([]),
  /** Where the window was; null: never moved. */
  window: bounds.nullable().default(null),
  /** How the parts of the window are arranged; those of another version are ignored. */
  layout: layout.optional().catch(undefined),
  /** Whether the app goes on watching when its window is closed. */
  background: z.boolean().default(false),
  /** Whether the desktop tells what broke and healed. */
  notices: z.boolean().default(true),
  /** Hours in which it does not; null: none. */
  quiet: quietHours.nullable().catch(null).default(null),
  /** Certificates that were told of, by the path of a fleet. */
  told: z.record(z.string(), z.array(certificateDue).max(1000)).catch({}).default({}),
});

export type Settings = Readonly<z.output<typeof settings>>;
export type WindowBounds = Readonly<z.output<typeof bounds>>;

/** What the app remembers between starts. Holds no secrets. */
export interface SettingsFile {
  /** Why they could not be read, as they were opened; null: they could, or there are none. */
  readonly trouble: string | null;
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
  const opened = readSettings(path, log);
  let current = opened.settings;
  return {
    trouble: opened.trouble,
    read: () => current,
    change: (part) => {
      current = settings.parse({ ...current, ...part });
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        // One left behind by a crash, or put there by somebody, is not written through.
        rmSync(`${path}.new`, { force: true });
        writeFileSync(`${path}.new`, `${JSON.stringify(current, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
        renameSync(`${path}.new`, path);
      } catch (cause) {
        log(`settings are not kept: ${String(cause)}`);
      }
    },
  };
}

function readSettings(
  path: string,
  log: (line: string) => void,
): { readonly settings: Settings; readonly trouble: string | null } {
  const defaults = settings.parse({});
  const without = (cause: unknown): string =>
    `The settings cannot be read: ${fileWords(cause)}. Kanilink continues with the defaults. ${path}`;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      return { settings: defaults, trouble: null };
    log(without(cause));
    return { settings: defaults, trouble: without(cause) };
  }
  try {
    return { settings: settings.parse(JSON.parse(text)), trouble: null };
  } catch (cause) {
    log(`settings cannot be read, defaults are used: ${String(cause)}`);
    return { settings: defaults, trouble: putAside(path, log) };
  }
}

/** @returns what is said to the person */
function putAside(path: string, log: (line: string) => void): string {
  const broken = `${path}.broken`;
  try {
    renameSync(path, broken);
    return `The settings could not be understood and are the defaults again. The old file is ${broken}`;
  } catch (cause) {
    log(`they could not be put aside: ${String(cause)}`);
    return `The settings could not be understood and are the defaults again. ${path}`;
  }
}
