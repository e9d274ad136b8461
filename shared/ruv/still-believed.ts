import { fail } from '../base/result';
import { isRefreshedSince, judgeRuv, type Lost, READ_AGAIN, REFRESHED } from './judge-ruv';
import type { RuvReport } from './ruv';

const SINCE_READ = 'It was refreshed since its RUV was read.';

/**
 * What may still be believed of a look. A server that went back stays so until it is looked at again, or was refreshed
 * since; how far one is behind is not known any more where a reason speaks against it.
 * @param why the reason, by a server's id; null: it still holds.
 * @param refreshed see `Earlier`.
 */
export const stillBelieved = (
  { servers, pulls }: RuvReport,
  why: (id: string) => string | null,
  refreshed: ReadonlyMap<string, string>,
): RuvReport => ({
  servers: servers.map((it) => {
    const isNew = isRefreshedSince({ refreshed }, it.server, it.at);
    if (isNew && it.state === 'went-back') return { ...it, ...REFRESHED };
    const cause = isNew ? SINCE_READ : it.state === 'read' ? why(it.server) : null;
    return cause === null ? it : { ...it, state: 'unknown', cause, fix: '' };
  }),
  pulls: pulls.map((it) => {
    const cause = why(it.consumer) ?? why(it.supplier);
    return cause === null || it.changes === null
      ? it
      : { ...it, changes: null, seconds: null, cause, fix: '' };
  }),
});

/**
 * What is said before anybody looked: who was found at an earlier time to be restored to an older copy is so until the
 * opposite is proved, and of nobody else anything is known. Null: nobody was.
 * @param refreshed see `Earlier`.
 */
export function remembered(
  lost: ReadonlyMap<string, Lost>,
  refreshed: ReadonlyMap<string, string>,
): RuvReport | null {
  if (lost.size === 0) return null;
  const looks = [...lost].map(([server, { at }]) => ({ server, at, there: 0, read: fail(NOT_YET) }));
  const told = stillBelieved(judgeRuv(looks, [], lost), () => null, refreshed);
  return {
    ...told,
    servers: told.servers.map((it) =>
      it.state === 'went-back' ? { ...it, fix: `${it.fix} When that is done: ${READ_AGAIN}` } : it,
    ),
  };
}

const NOT_YET = { code: 'ruv-not-read', message: 'Nobody looked yet.', fix: '', where: {} };
