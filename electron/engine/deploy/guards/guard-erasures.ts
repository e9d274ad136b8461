import type { DomainUuid, ServerId } from '../../../../shared/base/names';
import { erasures, isAutomatic, type ModelServer } from '../../../../shared/plan/erasure/erasure';
import { ownersOf } from '../../../../shared/fleet/model/owners';
import { configPathOf } from '../../../../shared/observed/observed-config';
import { withOwnFlags } from '../../../../shared/observed/own-rounds';
import type { Fault } from '../../../../shared/base/result';
import { readServerConfig } from '../../../../shared/server-config/read-server-config';
import { partnersOf, type ServerConfig } from '../../../../shared/server-config/server-config';
import type { Call } from '../../base/call';
import { LARGEST_CONFIG } from '../../connect/common/files';
import { readDomainOf } from '../../fleet/probe/probe-server';
import { type Deployment, faultAt, baselineAt, type Site } from '../deployment/deployment';
import { guardSources } from './whose-data';

/** What is about to change on one server. */
export interface PendingChange {
  readonly server: ServerId;
  /** The file it will run with; null: the one that is there. */
  readonly config: ServerConfig | null;
  /** The domain it will hold, after a refresh; null: the one it holds. */
  readonly domain: DomainUuid | null;
}

/**
 * The erase rules once more, against the files and databases as they are now, a moment before a restart, a new file or a
 * refresh (`kanidm.md`, "Refresh erases", 2, 3, 5): no server may erase itself but those that this step
 * names and the operator agreed to. Each of those has a backup that this deploy made and read back, and its
 * suppliers still hold the database that the plan was made from.
 */
export async function guardErasures(
  deployment: Deployment,
  step: { readonly erases: readonly ServerId[] },
  pending: PendingChange,
  call: Call,
): Promise<Fault | null> {
  const live = await Promise.all([...deployment.sites.values()].map((site) => liveConfig(site, call)));
  const files = new Map<ServerId, ServerConfig>();
  for (const it of live) {
    // A server whose file cannot be read now may be down. What it does when it is back is judged by what it said last.
    const config = it.config ?? it.site.observed.config;
    const { id } = it.site.server;
    // A process that is not started again keeps the flags that it has read, whatever its file says now.
    const goesOn = !deployment.restarted.has(id) && (id !== pending.server || pending.domain !== null);
    if (config !== null) files.set(id, goesOn ? withOwnFlags(it.site.observed, config) : config);
    else if (it.fault !== null && it.site.server.id === pending.server) return it.fault;
  }
  if (pending.config !== null) files.set(pending.server, pending.config);
  for (const erased of step.erases)
    if (!deployment.backups.has(erased)) return { ...noBackup(erased), where: { server: erased } };
  const changed = await guardSources(deployment, step.erases, files, call);
  if (changed !== null) return changed;
  if (![...files.values()].some((it) => isAutomatic({ tables: partnersOf(it) }))) return null;
  const model = await modelOf(deployment, files, pending, call);
  const surprise = erasures(model).find((it) => !step.erases.includes(it.erased));
  if (surprise) return { ...wouldErase(surprise.erased, surprise.by), where: { server: surprise.erased } };
  return null;
}

async function liveConfig(site: Site, call: Call) {
  const path = configPathOf(site.observed);
  if (path === null) return { site, config: null, fault: null };
  const file = await site.connection.readFile(path, { ...call, maxBytes: LARGEST_CONFIG });
  if (!file.ok) return { site, config: null, fault: faultAt(site, file) };
  const config = readServerConfig(file.value.bytes, { server: site.server.id, file: path });
  return config.ok
    ? { site, config: config.value, fault: null }
    : { site, config: null, fault: faultAt(site, config) };
}

async function modelOf(
  deployment: Deployment,
  files: ReadonlyMap<ServerId, ServerConfig>,
  pending: PendingChange,
  call: Call,
): Promise<ReadonlyMap<ServerId, ModelServer>> {
  // Their own origins are as their files say now.
  const ownerOf = ownersOf(
    deployment.fleet,
    [...deployment.sites.values()].map(({ observed }) => ({
      ...observed,
      config: files.get(observed.id) ?? null,
    })),
  );
  const servers = await Promise.all(
    [...deployment.sites.values()].map(async (site): Promise<ModelServer> => {
      const { id } = site.server;
      const domain = await readDomainOf(site.connection, call);
      const known = baselineAt(deployment, site);
      return {
        id,
        domain:
          pending.server === id && pending.domain !== null
            ? pending.domain
            : domain.ok
              ? domain.value.uuid
              : known.domain,
        certificate: known.certificateText,
        // What a server that is about to start will show is not known either.
        unseen: known.certificateText === null && (domain.ok || pending.server === id),
        tables: partnersOf(files.get(id)).map((it) => ({
          partner: ownerOf(it),
          type: it.type,
          automaticRefresh: it.automaticRefresh,
          pin: it.certificate,
        })),
      };
    }),
  );
  return new Map(servers.map((it) => [it.id, it]));
}

const wouldErase = (erased: ServerId, by: ServerId) => ({
  code: 'would-erase',
  message: `Going on would make ${erased} erase itself with ${by}’s data, which this step does not name: it has automatic_refresh and is in another domain.`,
  fix: `Turn automatic_refresh off on ${erased}, restart it, and plan again; nothing was changed by this step.`,
});

const noBackup = (server: ServerId) => ({
  code: 'no-backup',
  message: `${server} would be erased, and this deploy has no backup of it that was read back.`,
  fix: 'Plan again: a fresh backup comes first. Nothing was erased.',
});
