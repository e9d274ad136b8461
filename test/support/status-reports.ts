import type { Problem } from '../../shared/base/problem';
import type { Health, PullHealth } from '../../shared/kanidmd/health';
import type { PullLogins, ServerServes, ServesReport } from '../../shared/serves/serves';
import type { RuvReport, ServerRuv } from '../../shared/ruv/ruv';
import type { StatusReport, StatusServer } from '../../shared/observed/status';

export const serverOf = (id: string, more: Partial<StatusServer> = {}): StatusServer => ({
  ...{ id, state: 'running', version: '1.10.5', domain: 'idm.example.com', domainUuid: null },
  ...{ fileRead: true, replication: true, runsWith: null, certificate: null },
  ...more,
});

export const pullOf = (
  consumer: string,
  supplier: string,
  health: Health,
  more: Partial<PullHealth> = {},
): PullHealth => ({
  ...{ consumer, supplier, health, cause: `It is ${health}.`, fix: '', lastSuccess: null },
  ...more,
});

/** A report of idm-a and idm-b, both running, with these pulls. */
export const reportOf = ({
  servers = [serverOf('idm-a'), serverOf('idm-b')],
  pulls = [],
  problems = [],
  serves,
  ruv,
}: {
  readonly servers?: readonly StatusServer[];
  readonly pulls?: readonly (PullHealth | readonly [consumer: string, supplier: string, health: Health])[];
  readonly problems?: readonly Problem[];
  readonly serves?: ServesReport;
  readonly ruv?: RuvReport;
}): StatusReport => ({
  ...(serves === undefined ? {} : { serves }),
  ...(ruv === undefined ? {} : { ruv }),
  servers,
  pulls: pulls.map((it) => ('health' in it ? it : pullOf(...it))),
  undrawn: [],
  problems,
});

/** One look at idm-a's HTTPS, and at the logins of idm-b from idm-a. */
export const servesOf = (
  at: string,
  server: Partial<ServerServes>,
  logins: PullLogins['state'] = 'good',
): ServesReport => ({
  servers: [
    {
      ...{ server: 'idm-a', state: 'serves', login: 'works', cause: '', fix: '', at, certificate: null },
      ...{ name: null, ...server },
    },
  ],
  logins: [
    { consumer: 'idm-b', supplier: 'idm-a', state: logins, cause: `Logins are ${logins}.`, fix: '', at },
  ],
});

/** What a look at the RUV of idm-b found. */
export const ruvOf = (state: ServerRuv['state'], more: Partial<ServerRuv> = {}): RuvReport => ({
  servers: [
    {
      ...{ server: 'idm-b', state, cause: `Its RUV: ${state}.`, fix: '', newest: null },
      ...{ at: '2026-11-29T08:00:00.000Z', ...more },
    },
  ],
  pulls: [],
});
