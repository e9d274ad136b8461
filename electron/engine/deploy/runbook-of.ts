import { resolve } from 'node:path';
import type { Fleet } from '../../../shared/fleet/fleet';
import type { FleetText } from '../../../shared/ipc';
import type { Job } from '../../../shared/plan/job';
import { makeRunbook } from '../../../shared/plan/runbook/runbook';
import { fail, type Result } from '../../../shared/result';
import type { Call } from '../connect/connection';
import { absolute, type Connections } from '../connections';
import { observeFleet } from '../observe-fleet';
import type { Clock } from '../time';
import { planChanged } from './deploy-job';
import { planJob } from './plan-job';

/** Plans a job and writes it down as Markdown; whoever follows it needs paths that hold in any folder. */
export async function runbookOf(
  text: FleetText,
  call: Call & { readonly job?: Job; readonly fingerprint: string | null },
  engine: {
    readonly connections: Connections;
    readonly clock: Clock;
    readonly configDir: string;
    readonly home: string;
  },
): Promise<Result<string>> {
  const fleet = await observeFleet(text, engine.connections, engine.clock, call);
  if (!fleet.ok) return fleet;
  const planned = await planJob(call.job ?? { kind: 'apply' }, fleet.value, engine.configDir);
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
  const whole = (path: string | null): string | null =>
    path === null ? null : resolve(absolute(path, home, fleetPath));
  return {
    ...fleet,
    servers: fleet.servers.map((server) =>
      server.connect === 'ssh'
        ? { ...server, identity: whole(server.identity), knownHosts: whole(server.knownHosts) }
        : { ...server, certificates: whole(server.certificates) },
    ),
  };
}
