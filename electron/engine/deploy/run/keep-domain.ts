import { rememberDomain, whoseDomain } from '../../../../shared/fleet/edit/remember-domain';
import type { FleetText } from '../../../../shared/ipc';
import type { DeployEvent } from '../../../../shared/plan/model/deploy';
import type { Problem } from '../../../../shared/base/problem';
import type { ServerId } from '../../../../shared/base/names';
import { readDomainOf } from '../../fleet/probe/probe-server';
import { saveFleet } from '../../storage/fleet-files';
import { type Clock, uncancelled } from '../../base/time';
import type { Site } from '../deployment/deployment';

/** What is told of it: the file as it is now, or why it is as it was. */
export type KeptDomain = Extract<DeployEvent, { readonly kind: 'fleet-file' }> | Problem | null;

/**
 * Writes the primary's domain into a fleet file that has none, after a deploy: from then on a primary in another domain is
 * an error (`kanidm.md`, "Refresh erases", 4). A primary takes nobody's data, so it is the one the plan was made from, and
 * only that one is written: the server is asked again.
 * @param text the file as it was deployed; one that was changed on disk since stays as it is.
 * @returns null when there is nothing to write: it has a domain, or the primary's is not known for certain.
 */
export async function keepDomain(
  text: FleetText,
  sites: ReadonlyMap<ServerId, Site>,
  clock: Clock,
): Promise<KeptDomain> {
  const primary = whoseDomain(text.text);
  const site = primary === null ? undefined : sites.get(primary);
  if (site === undefined || text.path === null) return null;
  const domain = await readDomainOf(site.connection, uncancelled(60_000));
  const planned = site.observed.domain?.uuid ?? null;
  if (!domain.ok || planned === null) return null;
  const { uuid } = domain.value;
  if (uuid !== planned)
    return notKept(
      text.path,
      `${site.server.id} is in domain ${uuid} now, and the deploy was planned when it was in ${planned}.`,
      `Look at what ${site.server.id} holds before anything else is deployed.`,
    );
  const edited = rememberDomain(text.text, uuid);
  if (edited === null) return null;
  const saved = await saveFleet(text.path, edited, text.text);
  if (!saved.ok) return notKept(text.path, saved.error.message);
  return { kind: 'fleet-file', path: text.path, text: edited, domain: uuid, at: clock.now() };
}

const notKept = (path: string, why: string, fix = DEPLOY_AGAIN): Problem => ({
  severity: 'warning',
  code: 'domain-not-kept',
  server: null,
  message: `domain_uuid was not written into the fleet file: ${why}`,
  fix,
  where: { file: path },
});

const DEPLOY_AGAIN =
  'Save the fleet file and deploy again: nothing else is left to do, and the domain is written then.';
