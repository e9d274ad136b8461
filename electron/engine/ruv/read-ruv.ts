import type { KnownChanges } from '../../../shared/ruv/known-changes';
import { type Fault, fail, ok, type Result } from '../../../shared/base/result';
import type { Call } from '../base/call';
import { checkBackupPossible } from '../compare/take-backup';
import { faultAt, type Site } from '../deploy/deployment/deployment';
import { HeadReader } from './head-reader';

/** What comes before the entries of a backup, packed. Bytes. */
const LARGEST_HEAD = 16 * 1024 * 1024;

/**
 * Reads which changes a server knows, from the head of an online backup to standard output. No file is made on the server:
 * kanidmd reads its database beside the running server, and is left once its entries begin.
 * @returns faults of `checkBackupPossible`, `ruv-not-read`, and those of a call.
 */
export async function readRuv(site: Site, call: Call): Promise<Result<KnownChanges>> {
  const unable = checkBackupPossible(site);
  if (unable !== null) return fail(unable);
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
