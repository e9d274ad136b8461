import type { Cause, Phrase } from './cause';

/**
 * What one end says when TLS fails. Replication uses OpenSSL up to 1.6.4 and rustls from 1.7.0 on: one fact, two spellings.
 * The consumer names the address it dials. The supplier refuses a client without saying which.
 */

/** How a consumer's line of a TLS failure begins: while connecting, or (TLS 1.3) with the first bytes it reads. */
const dialled = 'Replication client TLS (?:setup|accept) error|[Cc]onsumer (?:decode|encode) error';
/** How a supplier's line of a client begins that asked for nothing yet: a port scan too leaves it. */
export const NOT_LET_IN = 'Replication TLS (?:setup|accept) error, disconnecting client';
/** How a supplier's line begins. */
const accepted = `${NOT_LET_IN}|supplier (?:decode|encode) error`;

const rustls = (line: string, reason: string): Phrase => ({
  says: new RegExp(`^(?:${line}).{0,300}${reason}`),
  since: 'rustls',
});
const openssl = (line: string, reason: string): Phrase => ({
  says: new RegExp(`^(?:${line}).{0,400}reason: "(?:${reason})"`),
  before: 'rustls',
});

/** OpenSSL 3.2 and later say `ssl/tls alert` where older ones say `sslv3 alert` or `tlsv1 alert`. */
const alert = (name: string): string => `(?:sslv3|tlsv1|tlsv13|ssl/tls) alert ${name}`;

/** What the consumer says of the supplier it dials. */
export const consumerTls: readonly Cause[] = [
  {
    code: 'certificate-expired',
    remedy: ['renew', 'supplier'],
    phrases: [rustls(dialled, 'InvalidCertificate\\(Expired')],
    health: 'broken',
    cause: 'The supplier’s certificate has expired.',
    fix: 'Renew the supplier’s certificate, then deploy: the plan pins the new one.',
  },
  {
    code: 'certificate-not-yet-valid',
    phrases: [rustls(dialled, 'InvalidCertificate\\(NotValidYet')],
    health: 'broken',
    cause: 'The supplier’s certificate is not valid yet: the clock of one of the two servers is wrong.',
    fix: 'Fix time synchronisation (NTP) on both. If both clocks are right, renew the supplier’s certificate and deploy.',
  },
  {
    code: 'certificate-renewed',
    remedy: ['repin', 'consumer'],
    phrases: [
      rustls(dialled, '(?:InvalidCertificate\\(BadSignature|AlertReceived\\(DecryptError)'),
      openssl(dialled, alert('decrypt error')),
    ],
    health: 'broken',
    cause: 'A certificate was renewed, and the other side still pins the old one.',
    fix: 'Deploy: the plan pins the new certificate and restarts each server that pins the old one.',
  },
  {
    code: 'own-certificate-expired',
    remedy: ['renew', 'consumer'],
    phrases: [
      rustls(dialled, 'AlertReceived\\(CertificateExpired'),
      openssl(dialled, alert('certificate expired')),
    ],
    health: 'broken',
    cause: 'The consumer’s own certificate has expired, so the supplier refuses it.',
    fix: 'Renew the consumer’s certificate, then deploy: the plan pins the new one on the supplier.',
  },
  {
    code: 'partner-unknown',
    remedy: ['deploy', 'supplier'],
    phrases: [rustls(dialled, 'AlertReceived\\(UnknownCA'), openssl(dialled, alert('unknown ca'))],
    health: 'broken',
    cause: 'The supplier does not know this consumer.',
    fix: 'Deploy: the plan adds the consumer on the supplier and restarts it.',
  },
  {
    code: 'partner-refused',
    phrases: [
      rustls(
        dialled,
        '(?:AlertReceived\\((?:BadCertificate|UnsupportedCertificate|CertificateRevoked|CertificateUnknown|CertificateRequired|AccessDenied)|NoCertificatesPresented)',
      ),
      openssl(
        dialled,
        alert(
          '(?:bad certificate|unsupported certificate|certificate revoked|certificate unknown|certificate required|access denied)',
        ),
      ),
    ],
    health: 'broken',
    cause: 'The supplier refuses the certificate of this consumer.',
    fix: 'Deploy: the plan pins the consumer’s certificate on the supplier. If it is pinned already, renew it and deploy.',
  },
  {
    code: 'wrong-certificate',
    phrases: [rustls(dialled, 'InvalidCertificate\\(UnknownIssuer')],
    health: 'broken',
    cause:
      'What answers at the supplier’s address shows another certificate than the pinned one: another server’s, or a proxy’s.',
    fix: 'Check that the supplier itself answers there. If it does, deploy: the plan pins the certificate it shows now.',
  },
  {
    code: 'wrong-name',
    phrases: [rustls(dialled, 'InvalidCertificate\\(NotValidForName')],
    health: 'broken',
    cause: 'The supplier is dialled by another name than the one in its certificate.',
    fix: 'Use the supplier’s origin, or renew its certificate after changing its origin.',
  },
  {
    code: 'wrong-port',
    phrases: [
      rustls(dialled, 'InvalidCertificate\\((?:Other\\(.{0,40})?(?:CaUsedAsEndEntity|InvalidPurpose)'),
    ],
    health: 'broken',
    cause:
      'What answers there shows a certificate that is not one for replication: the HTTPS port, a proxy or another program.',
    fix: 'Put the replication port into the supplier’s origin, and check that the supplier itself listens there.',
  },
  {
    code: 'certificate-refused',
    phrases: [rustls(dialled, 'InvalidCertificate\\('), openssl(dialled, 'certificate verify failed')],
    health: 'broken',
    cause:
      'The consumer refuses the supplier’s certificate: it is not the pinned one, has expired, or is made for another name.',
    fix: 'Check the supplier’s certificate and origin, then deploy: the plan pins the certificate it shows now.',
  },
  {
    code: 'not-tls',
    phrases: [
      rustls(dialled, 'InvalidMessage\\('),
      openssl(dialled, 'wrong version number|http request|packet length too long|record layer failure'),
    ],
    health: 'broken',
    cause: 'What answers at the supplier’s address does not speak TLS, so it is not the replication port.',
    fix: 'Put the replication port into the supplier’s origin, and check which program listens there.',
  },
  {
    code: 'tls-differs',
    phrases: [
      rustls(
        dialled,
        '(?:AlertReceived\\((?:HandshakeFailure|ProtocolVersion|InsufficientSecurity|UnrecognizedName|UnrecognisedName|NoApplicationProtocol|IllegalParameter|UnexpectedMessage|InternalError|DecodeError)|PeerIncompatible\\(|PeerMisbehaved\\()',
      ),
      openssl(
        dialled,
        `unsupported protocol|no shared cipher|no protocols available|${alert('(?:handshake failure|protocol version|insufficient security|internal error|illegal parameter)')}|tlsv1 unrecognized name`,
      ),
    ],
    health: 'broken',
    cause: 'The two sides cannot agree on TLS: a proxy answers there, or the versions are too far apart.',
    fix: 'Check that the supplier itself answers there, without a TLS proxy, and that both run the same version.',
  },
];

/** What a supplier says of a client it does not name. */
export const supplierTls: readonly Cause[] = [
  {
    code: 'client-unknown',
    remedy: ['repin', 'supplier'],
    phrases: [
      rustls(accepted, 'InvalidCertificate\\(UnknownIssuer'),
      openssl(accepted, 'certificate verify failed'),
    ],
    health: 'broken',
    cause: 'It refuses a consumer whose certificate it does not pin.',
    fix: 'Deploy: the plan pins the certificate of each consumer.',
  },
  {
    code: 'client-certificate-renewed',
    remedy: ['repin', 'supplier'],
    phrases: [rustls(accepted, 'InvalidCertificate\\(BadSignature')],
    health: 'broken',
    cause: 'It refuses a consumer whose certificate was renewed since it was pinned.',
    fix: 'Deploy: the plan pins the new certificate.',
  },
  {
    code: 'client-certificate-expired',
    phrases: [rustls(accepted, 'InvalidCertificate\\(Expired')],
    health: 'broken',
    cause: 'It refuses a consumer whose certificate has expired.',
    fix: 'Renew the consumer’s certificate, then deploy.',
  },
  {
    code: 'client-certificate-refused',
    phrases: [rustls(accepted, '(?:InvalidCertificate\\(|NoCertificatesPresented)')],
    health: 'broken',
    cause: 'It refuses the certificate of a consumer.',
    fix: 'Check the certificate of each consumer and both clocks, then deploy.',
  },
  {
    code: 'refused-by-client',
    remedy: ['repin', 'supplier'],
    phrases: [
      rustls(
        accepted,
        'AlertReceived\\((?:UnknownCA|DecryptError|Certificate|BadCertificate|UnsupportedCertificate)',
      ),
      openssl(accepted, alert('(?:unknown ca|decrypt error|bad certificate|certificate \\w+)')),
    ],
    health: 'broken',
    cause: 'A consumer refuses its certificate.',
    fix: 'Deploy: the plan pins the certificate it shows now on each consumer.',
  },
];
