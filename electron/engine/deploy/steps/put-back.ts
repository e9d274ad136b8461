import type { PutBackStep } from '../../../../shared/plan/steps/put-back';
import { readServerConfig } from '../../../../shared/server-config/read-server-config';
import { LARGEST_CONFIG } from '../../connect/common/files';
import { type Deployment, faultAt, siteOf, stepFailed, type StepResult } from '../deployment/deployment';
import { fileChanged, guardDrift } from '../guards/drift';
import { writeConfig } from './write-config';

/** An earlier file, whole; it replaces the very file that was reviewed. */
export async function putBack(deployment: Deployment, step: PutBackStep): Promise<StepResult> {
  const site = siteOf(deployment, step.server);
  const where = { server: step.server, file: step.path };
  const call = { signal: deployment.signal, timeoutMs: 60_000 };
  const old = await site.connection.readFile(step.path, { ...call, maxBytes: LARGEST_CONFIG });
  if (!old.ok) return stepFailed(faultAt(site, old));
  if (old.value.sha256 !== step.from.sha256) {
    const drift = await guardDrift(deployment, site, call);
    return stepFailed(drift ?? { ...fileChanged, where });
  }
  const bytes = new TextEncoder().encode(step.text);
  const config = readServerConfig(bytes, where);
  if (!config.ok) return stepFailed(faultAt(site, config));
  return writeConfig(deployment, step, { old: old.value, bytes, config: config.value });
}
