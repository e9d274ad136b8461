import { provedProblems } from '../../../shared/fleet/rules/proved';
import type { StatusReport } from '../../../shared/observed/status';
import { withRuv } from '../../../shared/ruv/judge-ruv';
import type { RuvReport } from '../../../shared/ruv/ruv';
import type { ServesReport } from '../../../shared/serves/serves';

/** A status with what looks of their own proved beside its rounds, and the problems that come of it. Null: no look. */
export const withProved = (
  seen: StatusReport,
  serves: ServesReport | null,
  ruv: RuvReport | null,
): StatusReport => ({
  ...seen,
  ...(serves === null ? {} : { serves }),
  ...(ruv === null ? {} : { ruv }),
  pulls: withRuv(seen.pulls, ruv),
  undrawn: withRuv(seen.undrawn, ruv),
  problems: [...seen.problems, ...provedProblems({ serves, ruv })],
});
