import { posix } from 'node:path';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { readFile, stat } from './archive';
import { faultAt } from '../../common/faults';
import { isRoot } from './links';
import type { Container, Inspected } from '../api/container';

/** Who a file belongs to. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** A passwd of an image is a few kilobytes. */
const LARGEST_PASSWD = 1024 * 1024;

/**
 * Whom folders for kanidmd must belong to: the user the container runs as. A name means what the container's own passwd says,
 * as for the engine; where that does not tell, the owner of the folder they go into, unless that is root.
 * @param beside a path in that folder.
 * @returns `service-user-unknown` where nothing tells: root is never guessed.
 */
export async function kanidmdUser(
  container: Container,
  seen: Inspected,
  beside: string,
  signal: AbortSignal,
): Promise<Result<User>> {
  const [name = '', group] = seen.Config.User.split(':');
  const gid = isNumber(group) ? Number(group) : null;
  if (isNumber(name)) return ok({ uid: Number(name), gid: gid ?? Number(name) });
  if (isRoot(name)) return ok({ uid: 0, gid: gid ?? 0 });
  const passwd = await readFile(container, '/etc/passwd', LARGEST_PASSWD, signal);
  if (!passwd.ok && passwd.error.code !== 'no-such-file') return passwd;
  const entry = passwd.ok ? entryOf(Buffer.from(passwd.value.bytes).toString('utf8'), name) : null;
  if (entry !== null) return ok({ uid: entry.uid, gid: gid ?? entry.gid });
  const folder = await stat(container, posix.dirname(beside), signal);
  if (!folder.ok) return folder;
  const owner = folder.value;
  if (owner !== null && owner.uid !== 0) return ok({ uid: owner.uid, gid: owner.gid });
  return fail(
    faultAt(
      container.where,
      'service-user-unknown',
      `the container runs as ${name}, and what number that user has is not known`,
      'Run the container as a user by number (user: "1000:1000").',
    ),
  );
}

const isNumber = (text: string | undefined): boolean => /^\d{1,10}$/.test(text ?? '');

/** What a passwd file says of a name (passwd(5)); null: nothing. */
function entryOf(passwd: string, name: string): User | null {
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([first]) => first === name);
  return isNumber(fields?.[2]) && isNumber(fields?.[3])
    ? { uid: Number(fields?.[2]), gid: Number(fields?.[3]) }
    : null;
}
