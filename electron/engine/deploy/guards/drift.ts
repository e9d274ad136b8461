import type { ServerId } from '../../../../shared/base/names';
import type { Fault, Result } from '../../../../shared/base/result';
import { configPathOf } from '../../../../shared/observed/observed-config';
import { maskedDiff } from '../../../../shared/server-config/diff';
import type { Call } from '../../base/call';
import {
  readConfigFile,
  readDomainOf,
  readOwnCertificate,
  readVersionOnDisk,
} from '../../fleet/probe/probe-server';
import { type Deployment, baselineAt, type Site } from '../deployment/deployment';
import { goneSincePlanned } from '../deployment/went-away';
import { domains } from './whose-data';

/**
 * Whether a server is still what was reviewed: its file, its program, its domain and its certificate, as probed or as this
 * deploy's own steps left them. Looked at before every step that touches it. Whatever changed stops the deploy there.
 * @returns null when nothing drifted, else the difference.
 */
export async function guardDrift(deployment: Deployment, site: Site, call: Call): Promise<Fault | null> {
  const { connection, server, observed } = site;
  const known = baselineAt(deployment, site);
  const path = configPathOf(observed);
  const faults = await Promise.all([
    path === null
      ? null
      : whyOther(
          site,
          known.sha256,
          () => readConfigFile(connection, path, call),
          ({ sha256 }) => sha256,
          (_before, { text }) => ({
            ...fileChanged,
            detail: maskedDiff(path, known.text ?? '', text, () => null),
            where: { file: path },
          }),
        ),
    whyOther(
      site,
      known.version,
      () => readVersionOnDisk(connection, call),
      (version) => version,
      upgraded,
    ),
    whyOther(
      site,
      known.domain,
      () => readDomainOf(connection, call),
      ({ uuid }) => uuid,
      (before, now) => databaseChanged(server.id, before, now.uuid),
    ),
    whyOther(
      site,
      known.certificate,
      () => readOwnCertificate(connection, call),
      ({ fingerprint }) => fingerprint,
      (before, now) => certificateChanged(server.id, before, now.fingerprint),
    ),
  ]);
  return faults.find((it) => it !== null) ?? null;
}

/** A fault of this server. */
type Found = Omit<Fault, 'where'> & Partial<Pick<Fault, 'where'>>;

/** @returns null where nothing is known to compare with, or it is still so. */
async function whyOther<K extends string, T>(
  site: Site,
  known: K | null,
  read: () => Promise<Result<T>>,
  keyOf: (now: T) => K,
  fault: (before: K, now: T) => Found,
): Promise<Fault | null> {
  if (known === null) return null;
  const now = await read();
  if (!now.ok) return goneSincePlanned(site, now.error);
  if (keyOf(now.value) === known) return null;
  const changed = fault(known, now.value);
  return { ...changed, where: { server: site.server.id, ...changed.where } };
}

export const fileChanged = {
  code: 'file-changed',
  message: 'server.toml is not the file the plan was made from; someone changed it since.',
  fix: 'Look at the difference, then plan again and review; nothing was written by this step.',
};

const upgraded = (before: string, now: string): Found => ({
  code: 'version-changed',
  message: `kanidmd on disk is now ${now}, it was ${before}: a restart would be an upgrade.`,
  fix: 'Restart it yourself as an upgrade, then plan again; nothing was written by this step.',
});

const databaseChanged = (server: ServerId, before: string, now: string): Found => ({
  code: 'database-changed',
  message: `${server} holds another database than when the plan was made.`,
  fix: 'Plan again and look at what it holds; nothing was erased by this step.',
  detail: domains(before, now),
});

const certificateChanged = (server: ServerId, before: string, now: string): Found => ({
  code: 'certificate-changed',
  message: `${server} shows another replication certificate than when the plan was made.`,
  fix: 'Plan again: its partners must pin the new one; nothing was written by this step.',
  detail: `certificate then ${before}\ncertificate now  ${now}`,
});
