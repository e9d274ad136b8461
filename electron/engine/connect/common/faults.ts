import type { Fault } from '../../../../shared/base/result';
import type { Unusable } from '../../storage/local-file';

/** Which server a fault is about, and how it was dialled. Every fault of a connection names both. */
export interface ServerPlace {
  readonly server: string;
  /** As the fleet file spells it: `ssh://admin@192.0.2.7:22`. */
  readonly endpoint: string;
}

interface More {
  readonly detail?: string;
  /** A file on the server. */
  readonly file?: string;
}

/** A fault of this connection; the message gets the endpoint in front. */
export function faultAt(
  where: ServerPlace,
  code: string,
  message: string,
  fix: string,
  more: More = {},
): Fault {
  return {
    code,
    message: `${where.endpoint}: ${message}`,
    fix,
    ...(more.detail === undefined || more.detail === '' ? {} : { detail: more.detail }),
    where: { server: where.server, ...(more.file === undefined ? {} : { file: more.file }) },
  };
}

/** A file of this machine that cannot be used: what is wrong with it, or that its disk is silent. */
export function localFileFault(
  where: ServerPlace,
  file: Unusable,
  { code, message, fix }: Pick<Fault, 'code' | 'message' | 'fix'>,
): Fault {
  const { reason: detail, silent } = file;
  if (!silent) return faultAt(where, code, message, fix, { detail });
  return faultAt(where, 'local-disk-silent', message, 'See why that disk is slow; Kanilink tries again.', {
    detail,
  });
}

/** The text of anything thrown. */
export function errorText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(errorText).join('\n');
  return error instanceof Error ? error.message : String(error);
}
