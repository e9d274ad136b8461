import type { Certificate } from '../kanidmd/certificate';
import type { CertificateText, Origin, ServerId, StepId } from '../names';
import type { ObservedFile, ObservedServer } from '../observed';
import { placeholderFor } from '../server-config/diff';
import type { ConfigChange, ServerConfig } from '../server-config/server-config';
import type { ModelServer } from './erasure';
import type { Later, PlannedChange } from './plan';

/** What is known of a server while its steps are being drawn up. */
export interface DraftServer {
  readonly observed: ObservedServer;
  readonly file: ObservedFile;
  /** The file as the steps so far leave it, pins of certificates not made yet as placeholders. */
  readonly bytes: Uint8Array;
  readonly config: ServerConfig;
  readonly certificate: Later<Certificate> | null;
  /** The last step on this server. */
  readonly last: StepId | null;
  /** The last step that wrote its file. */
  readonly wrote: StepId | null;
}

/** A server for the model of who would erase himself. */
export function modelOf(
  server: {
    readonly id: ServerId;
    readonly domain: string | null;
    readonly certificate: Later<Certificate> | null;
    readonly config: ServerConfig | null;
  },
  partnerAt: (origin: Origin) => ServerId | null,
): ModelServer {
  const { id, domain, certificate, config } = server;
  return {
    id,
    domain,
    certificate: certificate === null ? null : pinOf(id, certificate),
    tables: (config?.replication?.partners ?? []).map((partner) => ({
      partner: partnerAt(partner.origin),
      type: partner.type,
      automaticRefresh: partner.automaticRefresh,
      pin: partner.certificate,
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

export const certificateStep = (change: PlannedChange): StepId | null =>
  change.kind === 'pin-partner' && 'after' in change.certificate ? change.certificate.after : null;

export const describeCertificate = (id: ServerId, certificate: Certificate): string =>
  `${id}'s, until ${certificate.notAfter.slice(0, 10)}`;

export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export const unique = <T>(items: readonly (T | null)[]): T[] => [
  ...new Set(items.filter((item) => item !== null)),
];

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
