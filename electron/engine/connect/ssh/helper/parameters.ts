import { posix } from 'node:path';
import { z } from 'zod';

/** What a helper can do; a helper of another format is made again. */
export const FORMAT = 1;

/** Nothing a shell, sudoers or systemd reads as more than itself, and no name that is an option. */
const plain = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.@+-]*$/);
const path = z
  .string()
  .max(1_024)
  .regex(/^(?:\/[A-Za-z0-9_.@+][A-Za-z0-9_.@+-]*)+$/)
  .refine((it) => posix.normalize(it) === it);
/** May a path stand in a line of sudoers, where `*`, `?`, `!`, `#` and a blank mean more than themselves? */
export const isPlainPath = (text: string): boolean => path.safeParse(text).success;

const number = z.int().min(1).max(4_294_967_294);

/** Everything a helper knows of its server, written into its text. */
export const parametersShape = z.strictObject({
  format: z.literal(FORMAT),
  /** With its suffix. */
  unit: plain(200),
  /** The fleet's name for the server: backups are named after it. */
  server: z
    .string()
    .max(100)
    .regex(/^[a-z0-9][a-z0-9-]*$/),
  kanidmd: path,
  /** As kanidmd is told of it. */
  config: path,
  /** The same without a symlink. */
  file: path,
  /** The database's file, as kanidmd is told of it. */
  database: path,
  /** Its folder, without a symlink. */
  data: path,
  /** The unit's KANIDM_* variables, in the order of their names. */
  variables: z
    .array(
      z.strictObject({
        name: z.string().regex(/^KANIDM_[A-Z0-9_]{1,64}$/),
        value: z
          .string()
          .max(1_024)
          .regex(/^[A-Za-z0-9_.@+/:-]*$/),
      }),
    )
    .max(32),
  /** Files of the unit's environment. */
  environment: z.array(path).max(8),
  user: z.union([
    z.strictObject({ uid: number, gid: number, groups: z.array(number).max(64) }),
    z.strictObject({
      dynamic: z.strictObject({
        User: plain(64),
        Group: z.union([plain(64), z.literal('')]),
        SupplementaryGroups: z.union([plain(64), z.literal('')]),
        StateDirectory: z.union([plain(64), z.literal('')]),
        StateDirectoryMode: z.string().regex(/^(?:0[0-7]{3})?$/),
      }),
    }),
  ]),
});
export type HelperParameters = z.output<typeof parametersShape>;

/** A unit's variables as a helper has them written in; what names the configuration is said by `-c`. */
export const variablesOf = (overrides: Readonly<Record<string, string>>): HelperParameters['variables'] =>
  Object.entries(overrides)
    .filter(([name]) => name !== 'KANIDM_CONFIG')
    .map(([name, value]) => ({ name, value }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));

/** What backups are called, by whether they are packed, and what the verbs for them begin with. */
export const BACKUPS = [
  { verb: 'backup', suffix: '.json.gz' },
  { verb: 'plain-backup', suffix: '.json' },
] as const;

/** Where the helper of a unit lies. */
export const helperPath = (unit: string): string => `/usr/local/sbin/kanilink-${unit}`;

/** Where backups lie, beside a database. */
export const backupsOf = (database: string): string =>
  posix.join(posix.dirname(database), 'kanilink-backups');
