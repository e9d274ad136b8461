import type { Certificate } from '../../certificates/certificate';
import type { CertificateText, ServerId, StepId } from '../../base/names';
import { partnerNames } from '../../kanidmd/partner-names';
import type { ObservedFile, ObservedServer } from '../../observed/observed';
import { placeholderFor } from '../../server-config/diff';
import { type ConfigChange, partnersOf, type ServerConfig } from '../../server-config/server-config';
import type { ModelServer } from '../erasure/erasure';
import type { OwnerOf } from '../../fleet/model/owners';
import type { Later } from '../steps/any-step';
import type { PlannedChange } from '../steps/configure';
import { unpadded } from '../../base/base64';

/** What is known of a server while its steps are being drawn up. */
export interface PlayedServer {
  readonly observed: ObservedServer;
  readonly file: ObservedFile;
  /** The file as the steps so far leave it, pins of certificates not made yet as placeholders. */
  readonly bytes: Uint8Array;
  readonly config: ServerConfig;
  readonly certificate: Later<Certificate> | null;
  /** Its certificate was not seen, and no new one was made: it may be one it had before. */
  readonly unseen: boolean;
  /** The last step on this server. */
  readonly last: StepId | null;
  /** The last step that wrote its file. */
  readonly wrote: StepId | null;
  /** Not restarted by these steps yet: a refresh that was asked for before may still be queued on it. */
  readonly asked: boolean;
}

/** A server for the model of which servers would erase themselves. */
export function modelOf(
  server: {
    readonly id: ServerId;
    readonly domain: string | null;
    readonly certificate: Later<Certificate> | null;
    readonly unseen: boolean;
    readonly config: ServerConfig | null;
  },
  ownerOf: OwnerOf,
): ModelServer {
  const { id, domain, certificate, unseen, config } = server;
  return {
    id,
    domain,
    certificate: certificate === null ? null : unpadded(pinOf(id, certificate)),
    unseen,
    tables: partnersOf(config).map((partner) => ({
      partner: ownerOf(partner),
      type: partner.type,
      automaticRefresh: partner.automaticRefresh,
      pin: unpadded(partner.certificate),
    })),
  };
}

/** A planned change with a stand-in for a certificate that does not exist yet. */
export function withPlaceholder(change: PlannedChange): ConfigChange {
  if (change.kind !== 'pin-partner') return change;
  return {
    kind: 'set-partner',
    partner: { ...change.partner, certificate: pinOf(change.of, change.certificate) },
  };
}

const pinOf = (of: ServerId, certificate: Later<Certificate>): CertificateText =>
  'known' in certificate ? certificate.known.text : placeholderFor(of, certificate.after);

/** The step that reads the certificate which a change pins; null where it is known already, or where nothing is pinned. */
export const certificateStep = (change: PlannedChange): StepId | null =>
  change.kind === 'pin-partner' && 'after' in change.certificate ? change.certificate.after : null;

/** Pins may be padded. They mean the same. */
export const samePin = (a: string, b: string): boolean => unpadded(a) === unpadded(b);

/**
 * What a restart interrupts. A server that cannot resolve a partner's name ignores a stop until it is killed (`kanidm.md`,
 * "Rules to check": measured, 40 s).
 */
export function restartRisk(server: ObservedServer | undefined): string {
  const partners = partnersOf(server?.config);
  const lost = partnerNames(server?.log ?? null, partners).filter((it) => it.resolves === 'no');
  const longer =
    lost.length === 0
      ? ''
      : `; it cannot resolve ${lost.map((it) => it.origin).join(', ')}, so it ignores the stop and is killed after some 40 s`;
  return `kanidmd restarts: logins on this server pause for a moment${longer}`;
}

/** Whose certificates the changes pin. */
export const pinnedIn = (changes: readonly PlannedChange[]): readonly ServerId[] =>
  unique(changes.map((change) => (change.kind === 'pin-partner' ? change.of : null)));

/** A certificate by its server and the last day it is valid, in UTC. */
export const describeCertificate = (id: ServerId, certificate: Certificate): string =>
  `${id}’s, until ${certificate.notAfter.slice(0, 10)}`;

/** The bytes of a server.toml as UTF-8 text. */
export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Each once, in the order of their first place, and no null. */
export const unique = <T>(items: readonly (T | null)[]): T[] => [
  ...new Set(items.filter((item) => item !== null)),
];

/** Are two files the same, byte by byte? */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
