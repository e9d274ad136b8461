import { type Target, targetOf } from '../../engine/export/post';
import type { Receiver } from '../../engine/export/fleet-metrics';
import type { Invocation } from './arguments';
import { readNamed } from './named-file';
import type { World } from './world';

/** An address is no longer. Bytes. */
const LONGEST = 4096;

/**
 * Where messages go: the address on the command line, in the file that it names, or in the environment, in this order. An
 * address may hold a secret, and whoever uses this computer reads command lines.
 * @returns null: nowhere; text: a complaint, which never holds the address.
 */
export async function receiverOf(
  name: Receiver,
  invocation: Invocation,
  env: World['env'],
): Promise<Target | null | string> {
  const { [name]: written, [`${name}File` as const]: file } = invocation;
  if (written !== null && file !== null)
    return `--${name} and --${name}-file say the same; leave one of them out`;
  const variable = `KANILINK_${name.toUpperCase()}`;
  const source = written !== null ? `--${name}` : file !== null ? `--${name}-file` : variable;
  let text = written ?? env[variable] ?? '';
  if (file !== null) {
    const read = await readNamed(file, '', LONGEST);
    if (!read.ok) return `--${name}-file: ${read.error.message}`;
    text = Buffer.from(read.value).toString('utf8').trim();
  }
  if (text === '' && source === variable) return null;
  return targetOf(text) ?? `${source} takes an address that begins with http:// or https://`;
}
