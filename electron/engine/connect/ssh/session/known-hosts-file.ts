import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { devNull } from 'node:os';
import { dirname } from 'node:path';
import { fail, type Fault, ok, type Result } from '../../../../../shared/base/result';
import { NO_WAIT, readLocalFile, unusable } from '../../../storage/local-file';
import { type ServerPlace, errorText, faultAt, localFileFault } from '../../common/faults';
import { type KnownHost, knownHostLine, parseKnownHosts, parseRevokedKeys } from './known-hosts';

/**
 * Reads the known_hosts files in order; one that is not there holds nothing.
 * @param against says why a file is not to be believed with these bytes; null: it is
 */
export async function readKnownHosts(
  files: readonly string[],
  where: ServerPlace,
  against?: (path: string, bytes: Uint8Array) => Promise<Fault | null>,
): Promise<Result<readonly KnownHost[]>> {
  const known: KnownHost[] = [];
  for (const file of files) {
    const read = await readLocalFile(file);
    if (read.kind === 'read') {
      const fault = (await against?.(file, read.bytes)) ?? null;
      if (fault !== null) return fail(fault);
      known.push(...parseKnownHosts(read.bytes.toString('utf8'), file));
    } else if (read.kind === 'unusable')
      return fail(
        localFileFault(where, read, {
          code: 'known-hosts-unreadable',
          message: `${file} on this machine cannot be read`,
          fix: 'Make it a file that you can read: without it a changed host key would go unnoticed.',
        }),
      );
  }
  return ok(known);
}

/** How a binary list of revoked keys begins (OpenSSH, PROTOCOL.krl). */
const KRL_MAGIC = 'SSHKRL\n\0';

/**
 * Reads the file RevokedHostKeys names. As for ssh, no host is believed when it cannot be read; a binary list
 * (`ssh-keygen -k`) cannot be read here.
 * @returns the keys as base64.
 */
export async function readRevokedKeys(
  file: string,
  where: ServerPlace,
): Promise<Result<ReadonlySet<string>>> {
  const read = await readLocalFile(file);
  const binary = read.kind === 'read' && read.bytes.toString('latin1', 0, KRL_MAGIC.length) === KRL_MAGIC;
  if (read.kind === 'read' && !binary) return ok(parseRevokedKeys(read.bytes.toString('utf8')));
  const reason = binary ? 'It is a binary list (KRL), which is not supported.' : 'There is no such file.';
  return fail(
    localFileFault(where, read.kind === 'unusable' ? read : unusable(reason), {
      code: 'revoked-keys-unreadable',
      message: `the list of revoked host keys, ${file} on this machine, cannot be read, so no host key can be believed`,
      fix: 'Make it a readable file with one public key a line, or correct RevokedHostKeys in ~/.ssh/config.',
    }),
  );
}

/**
 * Appends one key as ssh does: the folder 0700 and the file 0600 where they are made, in one write at the end of the
 * file, after a newline when the last line lacks one.
 */
export async function appendKnownHost(
  file: string,
  host: string,
  blob: Buffer,
  hashed: boolean,
  where: ServerPlace,
): Promise<Result<void>> {
  // As ssh: accepted for this time, and kept nowhere.
  if (file === devNull) return ok(undefined);
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    // What is there and is no file (a pipe, a terminal) must not be waited for.
    const handle = await open(
      file,
      constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | NO_WAIT,
      0o600,
    );
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new Error('It is not a regular file.');
      const { size } = stat;
      const last = Buffer.alloc(1);
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      const lead = size > 0 && last[0] !== 0x0a ? '\n' : '';
      await handle.write(`${lead}${knownHostLine(host, blob, hashed ? randomBytes(20) : null)}\n`);
    } finally {
      await handle.close();
    }
    return ok(undefined);
  } catch (error) {
    return fail(
      faultAt(
        where,
        'known-hosts-unwritable',
        `the accepted host key could not be written to ${file} on this machine`,
        'Make the file writable for you, or add the line below to it by hand.',
        { detail: `${errorText(error)}\n${knownHostLine(host, blob, null)}` },
      ),
    );
  }
}
