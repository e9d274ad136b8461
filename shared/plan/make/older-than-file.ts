import type { ObservedServer } from '../../observed/observed';
import { CLOCKS_AGREE, runsOtherFile } from '../../observed/own-rounds';
import type { Fault } from '../../base/result';

/**
 * Whether a server runs with another file than the one that can be read: partners are read only at start. A file may be
 * changed with its time kept (`cp -p`, `rsync -t`): then the time of the change tells, where the system has one, and what
 * the process does in its rounds. Within two seconds of the start the times do not tell. There it is older if the file has
 * `[replication]` and the process shows neither a certificate, which it has from its start on, nor any replication in its
 * log: up to 1.11.0 one that renews its certificate shows none for over a minute either (`kanidm.md`,
 * "renew-replication-certificate").
 */
export function isOlderThanItsFile(server: ObservedServer): boolean {
  if (server.file === null || server.state !== 'running') return false;
  if (runsOtherFile(server)) return true;
  const startedAt = server.facts?.startedAt ?? null;
  if (startedAt === null) return false;
  const age = startedAt - Math.max(server.file.modifiedAt, server.facts?.configChangedAt ?? 0);
  return (
    age < -CLOCKS_AGREE || (age < CLOCKS_AGREE && server.faults.some(isNoCertificate) && !replicates(server))
  );
}

/** What is wrong with a server that its restart will not fix: no certificate is no fault of a process older than its file. */
export function lastingFaults(server: ObservedServer): readonly Fault[] {
  return isOlderThanItsFile(server) ? server.faults.filter((it) => !isNoCertificate(it)) : server.faults;
}

const replicates = ({ log }: ObservedServer): boolean =>
  log !== null && (log.listening || log.rounds.length > 0);

const isNoCertificate = (fault: Fault): boolean => fault.code === 'no-certificate-shown';
