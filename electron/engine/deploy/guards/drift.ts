import type { ServerId } from '../../../../shared/base/names';
import type { Fault } from '../../../../shared/base/result';
import { configPathOf } from '../../../../shared/observed/observed-config';
import { maskedDiff } from '../../../../shared/server-config/diff';
import type { Call } from '../../base/call';
import {
  readConfigFile,
  readDomainOf,
  readOwnCertificate,
  readVersionOnDisk,
} from '../../fleet/probe/probe-server';
import { type Deployment, knownAt, type Site } from '../deployment/deployment';
import { goneSincePlanned } from '../deployment/went-away';
import { domains } from './whose-data';

/**
 * Whether a server is still what was reviewed: its file, its program, its domain and its certificate, as probed or as this
 * deploy's own steps left them. Looked at before every step that touches it. Whatever changed stops the deploy there.
 * @returns null when nothing drifted, else the difference.
 */
export async function guardDrift(deployment: Deployment, site: Site, call: Call): Promise<Fault | null> {
  const known = knownAt(deployment, site);
  const where = { server: site.server.id };
  const path = configPathOf(site.observed);
  const [file, version, domain, certificate] = await Promise.all([
    path === null || known.sha256 === null ? null : readConfigFile(site.connection, path, call),
    known.version === null ? null : readVersionOnDisk(site.connection, call),
    known.domain === null ? null : readDomainOf(site.connection, call),
    known.certificate === null ? null : readOwnCertificate(site.connection, call),
  ]);
  if (file !== null && path !== null) {
    if (!file.ok) return goneSincePlanned(site, file.error);
    if (file.value.sha256 !== known.sha256)
      return {
        ...fileChanged,
        detail: maskedDiff(path, known.text ?? '', file.value.text, () => null),
        where: { ...where, file: path },
      };
  }
  if (version !== null) {
    if (!version.ok) return goneSincePlanned(site, version.error);
    if (version.value !== known.version) return { ...upgraded(version.value, known.version), where };
  }
  if (domain !== null) {
    if (!domain.ok) return goneSincePlanned(site, domain.error);
    if (domain.value.uuid !== known.domain)
      return { ...databaseChanged(site.server.id, known.domain, domain.value.uuid), where };
  }
  if (certificate !== null) {
    if (!certificate.ok) return goneSincePlanned(site, certificate.error);
    if (certificate.value.fingerprint !== known.certificate)
      return {
        ...certificateChanged(site.server.id, known.certificate, certificate.value.fingerprint),
        where,
      };
  }
  return null;
}

export const fileChanged = {
  code: 'file-changed',
  message: 'server.toml is not the file the plan was made from; someone changed it since.',
  fix: 'Look at the difference, then plan again and review; nothing was written by this step.',
};

const upgraded = (now: string, before: string | null) => ({
  code: 'version-changed',
  message: `kanidmd on disk is now ${now}, it was ${before ?? 'unknown'}: a restart would be an upgrade.`,
  fix: 'Restart it yourself as an upgrade, then plan again; nothing was written by this step.',
});

const databaseChanged = (server: ServerId, before: string | null, now: string) => ({
  code: 'database-changed',
  message: `${server} holds another database than when the plan was made.`,
  fix: 'Plan again and look at what it holds; nothing was erased by this step.',
  detail: domains(before, now),
});

const certificateChanged = (server: ServerId, before: string | null, now: string) => ({
  code: 'certificate-changed',
  message: `${server} shows another replication certificate than when the plan was made.`,
  fix: 'Plan again: its partners must pin the new one; nothing was written by this step.',
  detail: `certificate then ${before ?? 'unknown'}\ncertificate now  ${now}`,
});
