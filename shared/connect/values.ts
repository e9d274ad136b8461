import { z } from 'zod';
import { isLocalPath } from '../base/reach-names';

/** Values of a server's table in a fleet file, for the schemas of its kinds. */

export const filled = z.string().min(1, 'must not be empty');

/** A word of the server: a path, a unit, a program. */
export const printable = filled.regex(/^\P{Cc}*$/u, 'must not hold control characters');

/** A file or folder of this computer. */
export const local = z
  .string()
  .refine(
    isLocalPath,
    'must be a path of this machine: not empty, not on another host (\\\\host\\share), no device',
  );
