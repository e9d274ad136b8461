import { type AnswersReport, EXPECTED } from '../../shared/answers/answers';
import { readFleet } from '../../shared/fleet/read/read-fleet';
import type { FleetText } from '../../shared/ipc';

/** A simulated balancer: two of three requests go to the first server, one to the second, none to the others. */
export function answersOf({ text, path }: FleetText, requests: number): AnswersReport {
  const ids = (readFleet(text, path).fleet?.servers ?? []).map(({ id }) => id);
  const [first = '', second = first] = ids;
  const chosen = Array.from({ length: requests }, (_, n) => (n % 3 === 2 ? second : first));
  return {
    origin: 'https://idm.example.com',
    ...{ at: new Date().toISOString(), addresses: ['192.0.2.7'], unasked: 0, certificates: [] },
    requests: chosen.map((server) => ({
      ...{ address: '192.0.2.7:443', code: EXPECTED, opId: null, redirect: null },
      certificate: 'SHA256:simulated',
      by: { kind: 'server', server },
    })),
    servers: ids.map((server) => {
      const answered = chosen.filter((it) => it === server).length;
      return { server, answered, log: 'shows', code: EXPECTED, why: '' };
    }),
  };
}
