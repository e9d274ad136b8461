import { gzipSync } from 'node:zlib';

/** What a server prints of its backup: the changes that it knows, by who made them, in seconds. @param own its uuid */
export const headOf = (own: string, changes: Readonly<Record<string, readonly number[]>>): Uint8Array =>
  gzipSync(
    JSON.stringify({
      ...{ version: '1.10', db_s_uuid: own, db_d_uuid: 'd', db_ts_max: { secs: 100, nanos: 0 } },
      repl_meta: {
        V1: {
          ruv: Object.entries(changes).flatMap(([s, all]) =>
            all.map((secs) => ({ s, t: { secs, nanos: 0 } })),
          ),
        },
      },
      entries: [],
    }),
  );
