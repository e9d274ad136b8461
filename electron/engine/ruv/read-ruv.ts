import type { KnownChanges } from '../../../shared/ruv/known-changes';
import { READ_AGAIN } from '../../../shared/ruv/judge-ruv';
import { ruvLeastMemory, RUV_LARGEST_STARTED, RUV_STARTED_EVERY } from '../../../shared/ruv/by-itself';
import { databaseOf } from '../../../shared/observed/observed-config';
import { bytesInWords } from '../../../shared/base/sentences';
import { type Fault, fail, ok, type Result } from '../../../shared/base/result';
import type { Call } from '../base/call';
import { checkBackupPossible } from '../compare/take-backup';
import { faultAt, type Site } from '../deploy/deployment/deployment';
import { readVersionOnDisk } from '../fleet/probe/probe-server';
import { HeadReader } from './head-reader';

/** What comes before the entries of a backup, packed. Bytes. */
const LARGEST_HEAD = 16 * 1024 * 1024;

/**
 * Reads which changes a server knows, from the head of an online backup to standard output. No file is made on the server:
 * kanidmd reads its database beside the running server, and is left once its entries begin.
 * @param largest a larger database is not read, in bytes: nobody asked for it; null: somebody did.
 * @returns faults of `checkBackupPossible`, `ruv-not-read`, those of `isLeftOut`, and those of a call.
 */
export async function readRuv(
  site: Site,
  call: Call,
  largest: number | null = null,
): Promise<Result<KnownChanges>> {
  const unable =
    checkBackupPossible(site) ?? (largest === null ? null : await whyNotUnasked(site, largest, call));
  if (unable !== null) return fail(unable);
  // The program may have been replaced since the server was probed.
  const onDisk = await readVersionOnDisk(site.connection, call);
  if (!onDisk.ok) return fail(faultAt(site, onDisk));
  const pending = checkBackupPossible({
    ...site,
    observed: { ...site.observed, versionOnDisk: onDisk.value },
  });
  if (pending !== null) return fail(pending);
  const reader = new HeadReader();
  const wanted = { maxBytes: LARGEST_HEAD, take: (bytes: Uint8Array) => reader.take(bytes) };
  const output = await site.connection.kanidmdHead(['scripting', 'backup'], { ...call, ...wanted });
  const head = await reader.end();
  if (!output.ok) return fail(faultAt(site, output));
  switch (head.result) {
    case 'read':
      return ok(head.known);
    case 'nothing':
      return fail(notRead(site, 'kanidmd printed no backup.', output.value.stderr));
    case 'unreadable':
      return fail(notRead(site, `Its backup cannot be read: ${head.why}.`, ''));
  }
}

/** Why it costs this server too much to be read without being asked; null when it does not. */
async function whyNotUnasked(site: Site, largest: number, call: Call): Promise<Fault | null> {
  const { connection, observed, server } = site;
  const not = (code: string, message: string): Fault => ({
    ...{ code, message, fix: READ_AGAIN, where: { server: server.id } },
  });
  const file = await connection.stat(databaseOf(observed) ?? '', call);
  if (!file.ok) return faultAt(site, file);
  if (file.value === null) return not('ruv-no-database', 'Its database is not where its configuration says.');
  const { size } = file.value;
  const memory = observed.facts?.container?.memory ?? null;
  const least = ruvLeastMemory(size);
  if (memory !== null && memory < least)
    return not(
      'ruv-little-memory',
      `Its container has ${bytesInWords(memory)} of memory; one with less than ${bytesInWords(least)} is not asked for it unless somebody wants it.`,
    );
  if (size <= largest) return null;
  const has = `Its database has ${bytesInWords(size)}; one of more than ${bytesInWords(largest)} is`;
  return size <= RUV_LARGEST_STARTED
    ? not(
        'ruv-large',
        `${has} read after a start of it or a partner, once in ${RUV_STARTED_EVERY / 3_600_000} hours, or when somebody asks.`,
      )
    : not('ruv-too-large', `${has} not read unless somebody asks.`);
}

const notRead = ({ server }: Site, message: string, stderr: string): Fault => {
  const detail = stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  return {
    code: 'ruv-not-read',
    message,
    fix: 'Read its log, and see whether kanidmd may read its own database there.',
    ...(detail === '' ? {} : { detail }),
    where: { server: server.id },
  };
};
