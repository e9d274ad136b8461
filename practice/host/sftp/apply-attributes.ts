import { chmod, chown, lutimes, truncate, type FileHandle } from 'node:fs/promises';
import type { Attributes } from './attributes';

/** Gives a path the attributes a client asked for, in OpenSSH's order: size, mode, times, owner. */
export async function applyToPath(path: string, attributes: Attributes): Promise<void> {
  if (attributes.size !== undefined) await truncate(path, attributes.size);
  if (attributes.mode !== undefined) await chmod(path, attributes.mode);
  if (attributes.times) await lutimes(path, attributes.times.accessed, attributes.times.modified);
  if (attributes.owner) await chown(path, attributes.owner.uid, attributes.owner.gid);
}

/** The same for an open file. */
export async function applyToFile(file: FileHandle, attributes: Attributes): Promise<void> {
  if (attributes.size !== undefined) await file.truncate(attributes.size);
  if (attributes.mode !== undefined) await file.chmod(attributes.mode);
  if (attributes.times) await file.utimes(attributes.times.accessed, attributes.times.modified);
  if (attributes.owner) await file.chown(attributes.owner.uid, attributes.owner.gid);
}
