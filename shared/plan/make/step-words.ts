import type { DomainUuid, ServerId } from '../../base/names';

/** What a step says of itself to the person who reviews it. */
export interface StepWords {
  readonly summary: string;
  readonly why: string;
  /** Empty when nothing can go wrong. */
  readonly risk: string;
  readonly requires: readonly string[];
}

/** What is tested before any start of kanidmd that Kanilink causes: a process reads its file only then. */
export const fileTested = (id: ServerId): string =>
  `kanidmd of ${id} accepts a copy of the server.toml it will start with`;

/** What a deploy does to servers besides its steps. */
export const AROUND_STEPS =
  'It locks the servers of its steps and unlocks them at the end. A server that does not come back with a new server.toml gets the one before back, and restarts.';

/** The words of every kind of step whose words do not depend on the plan it stands in. */
export const stepWords = {
  readCertificate: (id: ServerId): StepWords => ({
    summary: `Read the certificate ${id} makes for itself`,
    why: 'Its partners pin it.',
    risk: '',
    requires: [`${id} is healthy`],
  }),

  renewCertificate: (id: ServerId): StepWords => ({
    summary: `Renew the replication certificate of ${id}`,
    why: 'Its partners pin the new one in the steps after.',
    risk: `until its partners pin the new one, no pull from or to ${id} works; logins go on`,
    requires: [
      `${id} still shows the certificate it showed when this was planned`,
      `${id} resolves the name of every partner it pulls from`,
    ],
  }),

  restart: (id: ServerId, why: string, risk: string): StepWords => ({
    summary: `Restart ${id}`,
    why,
    risk,
    requires: ['the running kanidmd is the one on disk', fileTested(id)],
  }),

  start: (id: ServerId, risk: string): StepWords => ({
    summary: `Start ${id}`,
    why: `kanidmd does not run on ${id}.`,
    risk,
    requires: [`kanidmd on disk is still the version that was seen`, fileTested(id)],
  }),

  /** Why a server is restarted because somebody asked for it. */
  asked: 'You asked for it. A refresh that was asked for and has not begun is dropped by it.',

  /** What a start of kanidmd brings in besides; said by the step itself, whoever asks for it (`plan-builder.ts`). */
  newerFile: (id: ServerId): string =>
    ` The server.toml of ${id} was changed after kanidmd started, and counts from then on.`,

  /** Why a server is restarted that has nothing to change. */
  mayBeAsked: (other: ServerId): string =>
    `It may pull from ${other}, which answers it from the next step on. A refresh that was asked for earlier and said "Error" may still be queued and would erase it then; a restart drops it.`,

  backup: (id: ServerId, stops: boolean): StepWords => ({
    summary: stops
      ? `Stop ${id}, back up its database on ${id}, and start it again`
      : `Back up ${id}’s database on ${id}`,
    why: `A refresh replaces all of it; the backup is the way back.${stops ? ' Kanidm before 1.9 can be backed up only while it is stopped.' : ''}`,
    risk: stops ? 'kanidmd is stopped: no logins on this server until the backup is written' : '',
    requires: [
      `${id} holds the database it held when this was planned`,
      'there is room for it beside the database',
      ...(stops ? ['the running kanidmd is the one on disk', fileTested(id)] : []),
    ],
  }),

  refresh: (id: ServerId, own: DomainUuid | null, source: ServerId, domain: DomainUuid): StepWords => ({
    summary: `Replace the whole database of ${id} with ${source}’s`,
    why: `${own === domain ? `You asked for it: both say one domain, and ${source} holds the data that is to win` : `${id} is not in ${source}’s domain yet`}: accounts, sessions and tokens that exist only on ${id} are gone afterwards.`,
    risk: `everything that exists only on ${id} is lost; the backup of the step before holds it`,
    requires: [
      `${id} pulls from ${source} only`,
      `${id} still holds domain ${own ?? 'unknown'}`,
      `${source} holds domain ${domain}`,
      `the backup of ${id} was read back`,
    ],
  }),

  verify: (id: ServerId, suppliers: readonly ServerId[]): StepWords => ({
    summary: `Watch ${id} pull from ${suppliers.join(' and ')}`,
    why: 'Only fresh rounds since the last restart, without trouble, and one domain_uuid prove that it works. Then anonymous logs in at both ends, which leaves a few lines in their logs: each has to take the session of the other. At a supplier that no step touches it logs in before the first step too: if that fails already, it is not judged.',
    risk: '',
    requires: [`${[id, ...suppliers].join(', ')} run`],
  }),

  compare: (id: ServerId, other: ServerId): StepWords => ({
    summary: `Compare the data of ${id} and ${other}`,
    why: 'Successful rounds do not prove that both servers hold the same data. Online backups do; they are compared in memory and deleted immediately.',
    risk: '',
    requires: [`${id} and ${other} run and can be backed up online`],
  }),
};
