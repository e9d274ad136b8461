import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { ObservedServer } from './observed';

/** Clocks that differ by less than this are told the same, in milliseconds. */
const CLOCK_GRAIN = 10_000;

const known = new WeakMap<ObservedServer, string>();

/**
 * What was seen of a server, in few letters: the same as long as a plan made from it, and its problems, would be. Times
 * that pass and rounds that go well change nothing of it. Empty: it was not reached, for whatever reason.
 */
export function revisionOf(server: ObservedServer): string {
  const before = known.get(server);
  if (before !== undefined) return before;
  const revision = server.state === 'unreachable' ? '' : digest(whatPlansReadOf(server));
  known.set(server, revision);
  return revision;
}

/** The revisions of all servers as one; servers that were not reached count for nothing. */
export const fleetRevision = (
  servers: readonly { readonly id: string; readonly revision?: string }[],
): string =>
  servers
    .flatMap(({ id, revision = '' }) => (revision === '' ? [] : [`${id} ${revision}`]))
    .sort()
    .join(', ');

function whatPlansReadOf(server: ObservedServer): unknown {
  const { facts, file, log } = server;
  return {
    ...server,
    faults: server.faults.map(({ code, message }) => [code, message]),
    facts: facts && {
      ...facts,
      clockReadAt: null,
      clockOffsetMs: facts.clockOffsetMs === null ? null : Math.round(facts.clockOffsetMs / CLOCK_GRAIN),
      startedAt: facts.startedAt === null ? null : Math.round(facts.startedAt / 1000),
      service: facts.service.state,
    },
    file: file && [file.path, file.sha256, file.modifiedAt],
    config: null,
    certificate: server.certificate?.text ?? null,
    log: log && [log.listening, [...new Set(log.troubles.map(({ code }) => code))].sort()],
  };
}

const digest = (value: unknown): string =>
  bytesToHex(sha256(utf8ToBytes(JSON.stringify(value)))).slice(0, 16);
