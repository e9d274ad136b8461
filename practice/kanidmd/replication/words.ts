/** Sentences both ends share, exactly as recorded. */
export const words = {
  invalid: (reason: string) => `Custom { kind: InvalidData, error: InvalidCertificate(${reason}) }`,
  alert: (alert: string) => `Custom { kind: InvalidData, error: AlertReceived(${alert}) }`,
  eof: 'Custom { kind: UnexpectedEof, error: "tls handshake eof" }',
  tlsSetup: 'Replication TLS setup error, disconnecting client',
  brokenPipe: 'Os { code: 32, kind: BrokenPipe, message: "Broken pipe" }',
  noName:
    'Custom { kind: Uncategorized, error: "failed to lookup address information: Name or service not known" }',
  notEquivalent:
    "Unable to proceed with consumer incremental - the supplier has indicated that our domain_uuid's are not " +
    'equivalent. This can occur when adding a new consumer to an existing topology.',
  outdated:
    'Unable to proceed with consumer incremental - the supplier has indicated that our RUV is outdated, and ' +
    'replication would introduce data corruption.',
  ahead:
    'Unable to proceed with consumer incremental - the supplier has indicated that our RUV is ahead, and ' +
    'replication would introduce data corruption.',
  supplierMustRefresh:
    "This supplier's content must be refreshed to proceed. If you have configured automatic refresh, this will " +
    'occur shortly.',
  mustRefresh:
    "This server's content must be refreshed to proceed. If you have configured automatic refresh, this will " +
    'occur shortly.',
  manually: 'Consumer is out of date and must be refreshed. You must manually resolve this situation.',
  now: 'Consumer is out of date and must be refreshed. This will happen *now*.',
} as const;
