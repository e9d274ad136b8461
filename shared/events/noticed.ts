import { jumped, type Moment } from '../base/moment';
import type { StatusReport } from '../observed/status';
import { CertificatesDue, certificatesOf } from './certificates-due';
import { eventsBetween } from './events-between';
import { type CertificateDue, EVENT_FORMAT } from './certificate-due';
import type { FleetEvent } from './fleet-event';
import { type Standing, SteadyFleet } from './steady';

/** Turns readings of a fleet into events. Holds the last reading and what was told, nothing that grows. */
export class Noticed {
  private before: { readonly report: StatusReport; readonly at: Moment } | null = null;
  private readonly steady = new SteadyFleet();
  private readonly certificates: CertificatesDue;

  /** @param told certificates that were told of before. */
  constructor(told: readonly CertificateDue[] = []) {
    this.certificates = new CertificatesDue(told);
  }

  /** What is wrong now, as two looks agreed on. */
  get standing(): readonly Standing[] {
    return this.steady.standing;
  }

  /** Certificates that end soon, as far as they were told of. */
  get due(): readonly CertificateDue[] {
    return this.certificates.standing;
  }

  /**
   * What happened since the reading before.
   * @param fleet the servers of the fleet, by their ids, also those that have not answered; absent: those of the report.
   */
  look(report: StatusReport, at: Moment, fleet?: readonly string[]): readonly FleetEvent[] {
    const { before } = this;
    this.before = { report: before === null ? report : remembering(before.report, report), at };
    const wall = Math.round(at.wall);
    const forMs = before === null ? 0 : Math.round(at.wall - before.at.wall);
    const slept: readonly FleetEvent[] =
      before !== null && jumped(before.at, at)
        ? [{ format: EVENT_FORMAT, at: wall, kind: 'watch-interrupted', forMs }]
        : [];
    return [
      ...slept,
      ...eventsBetween(before?.report ?? null, report, wall),
      ...this.steady.look(report, { ...at, wall }, fleet),
      ...this.certificates.look(certificatesOf(report), wall),
    ];
  }
}

/**
 * The later reading, with what the one before knew and this one could not read: a server that is away while it gets
 * another certificate or version has another one when it is back.
 */
function remembering(before: StatusReport, after: StatusReport): StatusReport {
  const servers = new Map(before.servers.map((it) => [it.id, it]));
  const serves = new Map(before.serves?.servers.map((it) => [it.server, it]));
  return {
    ...after,
    servers: after.servers.map((it) => ({
      ...it,
      version: it.version ?? servers.get(it.id)?.version ?? null,
      certificate: it.certificate ?? servers.get(it.id)?.certificate ?? null,
    })),
    ...(after.serves === undefined
      ? {}
      : {
          serves: {
            ...after.serves,
            servers: after.serves.servers.map((it) => ({
              ...it,
              certificate: it.certificate ?? serves.get(it.server)?.certificate ?? null,
            })),
          },
        }),
  };
}
