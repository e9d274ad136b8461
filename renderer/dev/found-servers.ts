import type { AdoptedFleet } from '../../shared/fleet/adopt/adopted-fleet';

/** Servers as adopting might find them: three, of which two do not say whose data wins. */
export const foundServers: AdoptedFleet = {
  servers: ['idm-a', 'idm-b', 'idm-c'].map((id) => ({
    fields: {
      id,
      connect: 'ssh',
      endpoint: `ssh://admin@${id}.example.com`,
      origin: `repl://${id}.example.com:8444`,
      bindaddress: '0.0.0.0:8444',
    },
    state: 'running',
    fileRead: true,
    version: '1.10.5',
    domain: 'idm.example.com',
    domainUuid: '8bd2165e-0000-4000-8000-000000000001',
    origin: `repl://${id}.example.com:8444`,
  })),
  pairs: [
    { servers: ['idm-a', 'idm-b'], tables: [table('idm-b', 'mutual-pull'), table('idm-a', 'mutual-pull')] },
    { servers: ['idm-a', 'idm-c'], tables: [table('idm-c', 'allow-pull'), table('idm-a', 'pull')] },
  ],
  problems: [],
};

function table(partner: string, type: 'mutual-pull' | 'pull' | 'allow-pull') {
  return { origin: `repl://${partner}.example.com:8444`, type, automaticRefresh: false, pinIsLive: true };
}
