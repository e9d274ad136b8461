import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { type Sha256, trusted } from '../../../../../shared/base/names';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { FileContent, FileStat } from '../../connection';
import { fileChanged, noSuchFile, notAFile, sha256Of, tooLarge } from '../../common/files';
import type { ServerFiles } from '../files/files';
import { readLook } from '../files/program-files';
import type { Helper } from './installed';
import { BACKUPS, backupsOf } from './parameters';

/** Its first line, which says what the file is, and a little more. */
const HEAD = 1_024;

/** The verb that looks at a path, and its argument; null: the helper has nothing to do with it. */
export function placeOf(
  { parameters }: Helper,
  path: string,
): { look: string; read: string | null; args: string[] } | null {
  const { config, file, database, server, environment } = parameters;
  if (path === config || path === file) return { look: 'config-look', read: 'config-read', args: [] };
  if (path === database) return { look: 'database-look', read: null, args: [] };
  const at = environment.indexOf(path);
  if (at >= 0) return { look: `environment-${at}`, read: `environment-${at}`, args: [] };
  const backups = backupsOf(database);
  if (path === backups) return { look: 'backups-look', read: null, args: [] };
  const backup = backupAt(server, backups, path);
  if (backup !== null)
    return { look: `${backup.verb}-look`, read: `${backup.verb}-read`, args: [backup.stamp] };
  const compared = comparedFolder(database, posix.dirname(path));
  if (compared !== null && posix.basename(path) === 'compare.json.gz')
    return { look: 'compare-read', read: 'compare-read', args: [compared] };
  return null;
}

/** The time in a backup's name, and what the verbs for it begin with; null: it is not one the helper makes. */
export function backupAt(
  server: string,
  backups: string,
  path: string,
): { readonly stamp: string; readonly verb: string } | null {
  if (posix.dirname(path) !== backups) return null;
  const name = posix.basename(path);
  const [, stamp, suffix] = /^(\d{8}T\d{9}Z)(\..*)$/.exec(name.slice(server.length + 1)) ?? [];
  const kind = BACKUPS.find((it) => it.suffix === suffix);
  return name.startsWith(`${server}-`) && stamp !== undefined && kind ? { stamp, verb: kind.verb } : null;
}

/** The number in the name of a comparison's folder; null: it is not one the helper makes. */
export function comparedFolder(database: string, path: string): string | null {
  if (posix.dirname(path) !== posix.dirname(database)) return null;
  return /^\.kanilink-([0-9a-f]{12})$/.exec(posix.basename(path))?.[1] ?? null;
}

/** Files by the helper; what it has no verb for, as the login. */
export function helperFiles(helper: Helper, login: ServerFiles): ServerFiles {
  const { machine } = helper;
  const stat = async (path: string, signal: AbortSignal): Promise<Result<FileStat | null>> => {
    const place = placeOf(helper, path);
    if (place === null) return login.stat(path, signal);
    const told = await helper.run([place.look, ...place.args], signal, { maxBytes: HEAD });
    if (!told.ok) return told;
    if (helper.refusal(told.value)?.word === 'no-such-file') return ok(null);
    const found = readLook(told.value.stdout.split('\n')[0] ?? '');
    return found === null ? fail(helper.failed(place.look, told.value)) : ok(found);
  };
  const read = async (path: string, maxBytes: number, signal: AbortSignal): Promise<Result<FileContent>> => {
    const place = placeOf(helper, path);
    if (place === null || place.read === null) return login.read(path, maxBytes, signal);
    if (place.read.startsWith('environment-')) {
      const own = await login.read(path, maxBytes, signal);
      if (own.ok || own.error.code !== 'permission-denied') return own;
    }
    const told = await helper.raw([place.read, ...place.args], signal, { maxBytes: maxBytes + HEAD });
    if (!told.ok) return told;
    const words = { ...told.value, stdout: '', stderr: told.value.stderr.toString('utf8') };
    if (helper.refusal(words)?.word === 'no-such-file') return fail(noSuchFile(machine.where, path));
    const end = told.value.stdout.subarray(0, HEAD).indexOf('\n');
    const found = readLook(told.value.stdout.subarray(0, Math.max(end, 0)).toString('utf8'));
    const bytes = told.value.stdout.subarray(end + 1);
    if (found !== null && found.kind !== 'file') return fail(notAFile(machine.where, path));
    if (told.value.cut || bytes.length > maxBytes) return fail(tooLarge(machine.where, path, maxBytes));
    if (told.value.exitCode !== 0 || found === null) return fail(helper.failed(place.read, words));
    return ok({ bytes, sha256: sha256Of(bytes), stat: found });
  };
  const cannot = (doing: string, path: string) =>
    Promise.resolve(fail(helper.cannot(`${doing} ${path}`, path)));
  return {
    stat,
    read,
    replace: async (path, bytes, expect, signal) => {
      if (placeOf(helper, path)?.read !== 'config-read') return cannot('replacing', path);
      const wanted = sha256Of(bytes);
      const told = await helper.run(['config-replace', expect, wanted], signal, { input: bytes });
      if (!told.ok) return told;
      const refused = helper.refusal(told.value);
      if (refused?.word === 'file-changed')
        return fail(fileChanged(machine.where, path, expect, asSha256(refused.about)));
      if (told.value.exitCode !== 0) return fail(helper.failed('config-replace', told.value));
      return asSha256(told.value.stdout) === wanted
        ? ok(wanted)
        : fail(helper.failed('config-replace', told.value));
    },
    create: (path) => cannot('making', path),
    freeSpace: async (path, signal) => {
      const { database } = helper.parameters;
      if (path !== posix.dirname(database) && !path.startsWith(`${posix.dirname(database)}/`))
        return login.freeSpace(path, signal);
      const told = await helper.run(['free'], signal);
      if (!told.ok) return told;
      const bytes = Number(told.value.stdout.trim().split('\n').at(-1));
      return told.value.exitCode === 0
        ? ok(Number.isFinite(bytes) ? bytes : null)
        : fail(helper.failed('free', told.value));
    },
  };
}

const EMPTY = createHash('sha256').digest('hex');
const asSha256 = (text: string): Sha256 => trusted(/^[0-9a-f]{64}/.exec(text.trim())?.[0] ?? EMPTY);
