import { resolve } from 'node:path';
import { kindOf } from '../../../../shared/connect/kinds';
import type { Fleet } from '../../../../shared/fleet/model/fleet';
import type { FleetText } from '../../../../shared/ipc';
import type { Job } from '../../../../shared/plan/model/job';
import { makeRunbook } from '../../../../shared/plan/runbook/runbook';
import { fail, type Result } from '../../../../shared/base/result';
import type { Call } from '../../base/call';
import { observeFleet, type Prober } from '../../fleet/observe-fleet';
import { absolute } from '../../storage/absolute-path';
import type { Clock } from '../../base/time';
import { planChanged } from './deploy-job';
import { readDeploys } from '../journal/read-journal';
import { planJob } from '../plan/plan-job';

/** Plans a job and writes it down as Markdown. The person who follows it needs paths that hold in any folder. */
export async function runbookOf(
  text: FleetText,
  call: Call & { readonly job?: Job; readonly fingerprint: string | null },
  engine: {
    readonly prober: Prober;
    readonly clock: Clock;
    readonly configDir: string;
    readonly home: string;
  },
): Promise<Result<string>> {
  const fleet = await observeFleet(text, engine.prober, call);
  if (!fleet.ok) return fleet;
  const planned = await planJob(
    call.job ?? { kind: 'apply' },
    fleet.value,
    await readDeploys(engine.configDir),
    engine,
  );
  if (!planned.ok) return planned;
  const { plan } = planned.value;
  if (call.fingerprint !== null && call.fingerprint !== plan.fingerprint) return fail(planChanged);
  return makeRunbook({
    plan,
    fleet: withWholePaths(fleet.value.fleet, engine.home, text.path),
    observed: fleet.value.observed,
    now: engine.clock.now(),
  });
}

function withWholePaths(fleet: Fleet, home: string, fleetPath: string | null): Fleet {
  const whole = (path: string): string => resolve(absolute(path, home, fleetPath));
  return { ...fleet, servers: fleet.servers.map((server) => kindOf(server).resolvePaths(server, whole)) };
}
