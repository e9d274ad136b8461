import type { DomainUuid, ServerId } from '../names';

/** What a step says of itself to the person who reviews it. */
export interface StepWords {
  readonly summary: string;
  readonly why: string;
  /** Empty when nothing can go wrong. */
  readonly risk: string;
  readonly requires: readonly string[];
}

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
    requires: ['the running kanidmd is the one on disk'],
  }),

  /** Why a server is restarted that has nothing to change. */
  mayBeAsked: (other: ServerId): string =>
    `It has a table to pull from ${other}, which ${other} answers from the next step on. A refresh that was asked for earlier and said "Error" may still be queued and would erase it then; a restart drops it.`,

  backup: (id: ServerId, stops: boolean): StepWords => ({
    summary: stops
      ? `Stop ${id}, back up its database on ${id}, and start it again`
      : `Back up ${id}'s database on ${id}`,
    why: `A refresh replaces all of it; the backup is the way back.${stops ? ' Kanidm before 1.9 can be backed up only while it is stopped.' : ''}`,
    risk: stops ? 'kanidmd is stopped: nobody can log in on this server until the backup is written' : '',
    requires: [
      `${id} holds the database it held when this was planned`,
      'there is room for it beside the database',
      ...(stops ? ['the running kanidmd is the one on disk'] : []),
    ],
  }),

  refresh: (id: ServerId, own: DomainUuid | null, source: ServerId, domain: DomainUuid): StepWords => ({
    summary: `Replace ${id}'s whole database by ${source}'s`,
    why: `${own === domain ? `You asked for it: both say one domain, and ${source} holds the data that is to win` : `${id} is not in ${source}'s domain yet`}: accounts, sessions and tokens that exist only on ${id} are gone afterwards.`,
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
    why: 'Only fresh rounds since the last restart, without trouble, and one domain_uuid prove that it works.',
    risk: '',
    requires: [`${[id, ...suppliers].join(', ')} run`],
  }),

  compare: (id: ServerId, other: ServerId): StepWords => ({
    summary: `Compare the data of ${id} and ${other}`,
    why: 'Rounds that succeed do not prove that both hold the same; online backups do. They are read into memory and deleted at once.',
    risk: '',
    requires: [`${id} and ${other} run and can be backed up online`],
  }),
};
