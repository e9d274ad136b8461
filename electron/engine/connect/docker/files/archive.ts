import { posix } from 'node:path';
import type { Header } from 'tar-stream';
import type { z } from 'zod';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import type { FileContent, FileStat } from '../../connection';
import { type ServerPlace, faultAt } from '../../common/faults';
import { stopFault } from '../../common/limits';
import { noSuchFile, notAFile, sha256Of } from '../../common/files';
import { wallNow } from '../../../base/time';
import type { Container } from '../api/container';
import { dockerFault, type Refusal, speaksOtherwise } from '../api/faults';
import { type Look, refuseLinks } from './links';
import { readHeader } from '../api/read-reply';
import { pathStat } from '../api/replies';
import { buildTar, readFirstEntry, type TarEntry } from './tar';

/** Links that lead on are followed this far. */
const MOST_LINKS = 20;

/** How the archive API tells what links are, and whose folders. */
const lookOf = (container: Container, signal: AbortSignal): Look => ({
  linkTarget: async (path) => {
    const seen = await head(container, path, path, signal);
    if (!seen.ok || seen.value === null) return seen;
    const { mode, linkTarget } = seen.value;
    return ok({ linkTarget: (mode & GO_SYMLINK) === 0 ? null : linkTarget });
  },
  folder: async (path) => {
    const entry = await first(container, path, 0, signal);
    return entry.ok ? ok({ uid: entry.value.header.uid, mode: entry.value.header.mode }) : entry;
  },
});

/** What is at a path, links followed, and where that is; null: nothing is. */
export async function stat(
  container: Container,
  path: string,
  signal: AbortSignal,
): Promise<Result<(FileStat & { readonly realPath: string }) | null>> {
  const real = await resolve(container, path, signal);
  if (!real.ok || real.value === null) return real as Result<null>;
  const entry = await first(container, real.value.path, 0, signal);
  if (!entry.ok) return entry.error.code === 'no-such-file' ? ok(null) : entry;
  return ok({ ...statOf(entry.value.header), realPath: real.value.path });
}

/** A file, links followed. */
export async function readFile(
  container: Container,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Result<FileContent & { readonly realPath: string }>> {
  const real = await resolve(container, path, signal);
  if (!real.ok) return real;
  if (real.value === null) return fail(noSuchFile(container.where, path));
  if (real.value.isFolder) return fail(notAFile(container.where, path));
  if (real.value.size > maxBytes) return fail(tooLarge(container.where, path, maxBytes));
  const entry = await first(container, real.value.path, maxBytes, signal);
  if (!entry.ok) return entry;
  const { header, bytes } = entry.value;
  if (header.type !== 'file' && header.type !== 'contiguous-file')
    return fail(notAFile(container.where, path));
  return ok({ bytes, sha256: sha256Of(bytes), stat: statOf(header), realPath: real.value.path });
}

/** Unpacks a tar into a folder of the container. Entries replace what has their name; folders that are there stay. */
export async function put(
  container: Container,
  folder: string,
  entries: readonly TarEntry[],
  doing: string,
  signal: AbortSignal,
  modifiedAt = new Date(wallNow()),
): Promise<Result<void>> {
  const clear = await refuseLinks(container, folder, lookOf(container, signal));
  if (!clear.ok) return clear;
  const tar = await buildTar(entries, modifiedAt);
  return container.done(
    '/archive',
    {
      method: 'PUT',
      query: { path: folder },
      tar,
      doing,
      expected: (refusal) => pathFault(container.where, folder, refusal),
    },
    signal,
  );
}

interface Real {
  readonly path: string;
  readonly size: number;
  readonly isFolder: boolean;
}

/** Go's own bits for what a file is (io/fs.FileMode). */
const STAT_HEADER = 'x-docker-container-path-stat';
const GO_DIR = 0x80000000;
const GO_SYMLINK = 0x08000000;

/** Follows links to what is really there; null: nothing is. */
async function resolve(
  container: Container,
  path: string,
  signal: AbortSignal,
): Promise<Result<Real | null>> {
  if (!path.startsWith('/') || path.includes('\0')) return fail(pathInvalid(container.where, path));
  let now = posix.normalize(path);
  const clear = await refuseLinks(container, now, lookOf(container, signal));
  if (!clear.ok) return clear;
  for (let links = 0; links < MOST_LINKS; links++) {
    const told = await head(container, now, path, signal);
    if (!told.ok || told.value === null) return told as Result<null>;
    const { mode, size, linkTarget } = told.value;
    if ((mode & GO_SYMLINK) === 0) return ok({ path: now, size, isFolder: (mode & GO_DIR) !== 0 });
    now = posix.resolve(posix.dirname(now), linkTarget);
  }
  return fail(
    faultAt(container.where, 'too-many-links', `${path} leads in a circle`, 'Correct the symbolic links.', {
      file: path,
    }),
  );
}

/** What is at a path, its last part not followed; null: nothing is. `path` is what the caller asked for. */
async function head(
  container: Container,
  now: string,
  path: string,
  signal: AbortSignal,
): Promise<Result<z.output<typeof pathStat> | null>> {
  const doing = `looking at ${path}`;
  const answer = await container.stream(
    '/archive',
    {
      method: 'HEAD',
      query: { path: now },
      doing,
      // A HEAD's refusal has no words: a container that is gone is found out by the caller.
      expected: ({ statusCode }) => (statusCode === 404 ? noSuchFile(container.where, path) : null),
    },
    signal,
  );
  if (answer.ok) {
    answer.value.resume();
    return readHeader(answer.value, STAT_HEADER, pathStat, container.where, doing);
  }
  if (answer.error.code === 'engine-refused') {
    const why = await whyRefused(container, now, answer.error, signal);
    return why === null ? ok(null) : fail(why);
  }
  if (answer.error.code !== 'no-such-file') return answer;
  const there = await container.inspect(signal);
  return there.ok ? ok(null) : there;
}

/** A HEAD is refused without a word; a GET says why. Null: a part of the path is no folder, so nothing is there. */
async function whyRefused(
  container: Container,
  path: string,
  refused: Fault,
  signal: AbortSignal,
): Promise<Fault | null> {
  const asked = await container.stream(
    '/archive',
    { method: 'GET', query: { path }, doing: `reading ${path}` },
    signal,
  );
  if (asked.ok) asked.value.destroy();
  else if (/not a directory/i.test(asked.error.detail ?? '')) return null;
  return asked.ok ? refused : asked.error;
}

async function first(container: Container, path: string, maxBytes: number, signal: AbortSignal) {
  const { where } = container;
  const doing = `reading ${path}`;
  const stream = await container.stream(
    '/archive',
    { method: 'GET', query: { path }, doing, expected: (refusal) => pathFault(where, path, refusal) },
    signal,
  );
  if (!stream.ok) return stream;
  const entry = await readFirstEntry(stream.value, maxBytes);
  switch (entry.kind) {
    case 'entry':
      return ok(entry);
    case 'too-large':
      return fail(tooLarge(where, path, maxBytes));
    case 'cut':
      return fail(dockerFault(where, new Error(entry.reason), doing, signal));
    case 'no-archive':
      return fail(signal.aborted ? stopFault(signal) : speaksOtherwise(where, doing, entry.reason));
  }
}

const statOf = (header: Header): FileStat => ({
  kind: header.type === 'directory' ? 'folder' : header.type === 'file' ? 'file' : 'other',
  size: header.size,
  mode: header.mode & 0o7777,
  uid: header.uid,
  gid: header.gid,
  modifiedAt: header.mtime.getTime(),
});

function pathFault(where: ServerPlace, path: string, { statusCode, message }: Refusal): Fault | null {
  if (statusCode !== 404 || /no such container/i.test(message)) return null;
  return noSuchFile(where, path);
}

const pathInvalid = (where: ServerPlace, path: string): Fault =>
  faultAt(
    where,
    'path-invalid',
    `${JSON.stringify(path)} is not an absolute path`,
    'Correct the path in the fleet file.',
    {
      file: path,
    },
  );

const tooLarge = (where: ServerPlace, path: string, maxBytes: number): Fault =>
  faultAt(
    where,
    'file-too-large',
    `${path} is larger than ${maxBytes} bytes`,
    'Check that this is the right file.',
    { file: path },
  );
