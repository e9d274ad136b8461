import type { ReportedReplication } from '../../shared/observed/reported-replication';

/** Of every certificate of the simulation. */
export const FINGERPRINT = 'SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8';

/** What a simulated server runs with. */
export const runsWith = (id: string, partners: readonly string[]): ReportedReplication => ({
  origin: `repl://${id}.localhost:8444`,
  bindaddress: '127.0.0.1:8444',
  partners: partners.map((server) => ({
    ...{ origin: `repl://${server}.localhost:8444`, server, type: 'mutual-pull' },
    ...{ automaticRefresh: false, fingerprint: FINGERPRINT },
  })),
});
