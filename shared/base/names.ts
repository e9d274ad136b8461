/**
 * Names that must not be mixed up. Each is a string at run time; the brand keeps a fingerprint from being passed where
 * an origin is meant. Make them with the functions below, which check the form.
 */
declare const brand: unique symbol;
type Named<Name extends string> = string & { readonly [brand]: Name };

/** A server's id in the fleet file: `[a-z0-9][a-z0-9-]*`. */
export type ServerId = Named<'ServerId'>;
/** A replication origin in its one canonical spelling: `repl://host:port`, host in lower case, port always written. */
export type Origin = Named<'Origin'>;
/** `SHA256:` and 43 characters of base64 without padding, over the DER bytes, as OpenSSH prints host keys. */
export type Fingerprint = Named<'Fingerprint'>;
/** SHA-256 of a file's bytes, 64 lower-case hex digits. */
export type Sha256 = Named<'Sha256'>;
/** A Kanidm domain's uuid, lower case. */
export type DomainUuid = Named<'DomainUuid'>;
/** A plan's step: `1`, `2`, … in the order they run. */
export type StepId = Named<'StepId'>;
/** A certificate as kanidmd prints it: base64url of the DER bytes, without padding. */
export type CertificateText = Named<'CertificateText'>;

const brandIf =
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names the brand
  <T extends string>(form: RegExp) =>
    (text: string): T | null =>
      form.test(text) ? (text as T) : null;

/** The text as a server id, or null when it has another form. */
export const serverId = brandIf<ServerId>(/^[a-z0-9][a-z0-9-]*$/);
/** The text as a fingerprint, or null. */
export const fingerprint = brandIf<Fingerprint>(/^SHA256:[A-Za-z0-9+/]{43}$/);
/** The text as a SHA-256, or null. */
export const sha256 = brandIf<Sha256>(/^[0-9a-f]{64}$/);
/** The text as a domain uuid, or null; upper case is accepted and lowered. */
export const domainUuid = (text: string): DomainUuid | null =>
  brandIf<DomainUuid>(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)(text.toLowerCase());
/** The text as a certificate text, or null; only the alphabet is checked, `readCertificate` reads it. */
export const certificateText = brandIf<CertificateText>(/^[A-Za-z0-9_-]{16,}={0,2}$/);
/** The step with this 1-based number. */
export const stepId = (number: number): StepId => String(number) as StepId;
/** For tests and for values checked by a schema already: brands without looking. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names the brand
export const trusted = <T extends string>(text: string): T => text as T;
