import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { wentBack, judgeRuv, type RuvLook } from '../../../shared/ruv/judge-ruv';
import { HeadReader } from './head-reader';

/* Heads of backups that real servers printed: a pair, a of which was put back to an older copy a minute before. */

async function recorded(version: string, server: string): Promise<RuvLook> {
  const file = new URL(
    `../../../test/recorded/kanidmd-${version}/backup-head-restored-${server}.json`,
    import.meta.url,
  );
  const reader = new HeadReader();
  reader.take(readFileSync(file));
  const head = await reader.end();
  if (head.result !== 'read') throw new Error(`${version} ${server}: ${head.result}`);
  return { server, at: '2026-11-29T11:30:00Z', there: 0, read: { ok: true, value: head.known } };
}

const nothing = { known: new Map(), lost: new Map(), refreshed: new Map() };

it.each(['1.10.5', '1.11.1'])(
  'the older copy of %s is told, though its newest change is its own',
  async (version) => {
    const looks = [await recorded(version, 'a'), await recorded(version, 'b')];
    const report = judgeRuv(looks, [{ consumer: 'b', supplier: 'a' }], wentBack(looks, nothing));
    expect(report.servers.map(({ state }) => state)).toEqual(['went-back', 'read']);
    // Kanidm itself finds nothing missing: it marks its own newest moment at each start.
    expect(report.pulls[0]).toMatchObject({ changes: 0 });
  },
);
