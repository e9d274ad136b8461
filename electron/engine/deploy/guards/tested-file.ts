import { isOlderThanItsFile } from '../../../../shared/plan/make/older-than-file';
import type { Fault } from '../../../../shared/base/result';
import type { Sha256 } from '../../../../shared/base/names';
import { databaseGone, originOutside } from '../../../../shared/fleet/rules/domains';
import {
  configPathOf,
  holdsDatabase,
  isAbsolute,
  willRunWith,
} from '../../../../shared/observed/observed-config';
import { readServerConfig } from '../../../../shared/server-config/read-server-config';
import { checkUnstagedBytes } from '../../../../shared/server-config/check-unstaged';
import type { Call } from '../../base/call';
import { LARGEST_CONFIG, sha256Of } from '../../connect/common/files';
import { uncancelled } from '../../base/time';
import { holdsData } from '../../fleet/probe/probe-server';
import { type Deployment, faultAt, type Site } from '../deployment/deployment';
import { isGone } from '../deployment/went-away';
import { domainNameOf, domainOf } from './whose-data';

/** What is known of a file that kanidmd is to start with. */
export type FileTest =
  | { readonly result: 'accepted' }
  /** kanidmd would not start with it; why, in its words. */
  | { readonly result: 'refused'; readonly detail: string }
  /** kanidmd would start with it, and not be the server it was. */
  | { readonly result: 'unfit'; readonly fault: Fault }
  /** It could not be asked. */
  | { readonly result: 'untested'; readonly fault: Fault };

/**
 * Has the server's own kanidmd test a copy of a server.toml. What it has accepted once in a deploy is not asked about a
 * second time: the very bytes count. A copy has a database of its own, so that it says nothing of the one that is opened
 * for real.
 */
export async function testFile(
  deployment: Pick<Deployment, 'accepted' | 'baselines'>,
  site: Site,
  bytes: Uint8Array,
  call: Call,
): Promise<FileTest> {
  const unfit = await checkDatabase(deployment, site, bytes, call);
  if (unfit !== null) return unfit;
  const key = acceptedKey(site, sha256Of(bytes));
  if (deployment.accepted.has(key)) return { result: 'accepted' };
  const missed = whatATestMisses(bytes, site);
  if (missed !== null) return { result: 'refused', detail: missed };
  const test = await site.connection.testConfig(bytes, call);
  if (!test.ok) return { result: 'untested', fault: faultAt(site, test) };
  if (!test.value.accepted) return { result: 'refused', detail: test.value.output };
  deployment.accepted.add(key);
  return { result: 'accepted' };
}

/**
 * Why these bytes do not go with the database that the server holds: kanidmd would open another one, or refuse this one
 * for its domain.
 */
async function checkDatabase(
  deployment: Pick<Deployment, 'baselines'>,
  site: Site,
  bytes: Uint8Array,
  call: Call,
): Promise<FileTest | null> {
  const server = site.server.id;
  const read = readServerConfig(bytes, { server });
  // What it cannot read kanidmd refuses, and says so.
  const config = read.ok ? willRunWith({ ...site.observed, config: read.value }) : null;
  if (config === null || !holdsDatabase(domainOf(deployment, site), config)) return null;
  const name = domainNameOf(deployment, site);
  const outside = name === null ? null : originOutside(server, config.origin, name, null);
  if (outside !== null)
    return { result: 'unfit', fault: { code: 'origin-outside-database', ...outside, where: { server } } };
  const path = config.dbPath;
  if (path !== null && !isAbsolute(path)) return null;
  if (path !== null) {
    const stat = await site.connection.stat(path, call);
    if (!stat.ok) return { result: 'untested', fault: faultAt(site, stat) };
    if (holdsData(stat.value)) return null;
  }
  const fault = { code: 'database-not-there', ...databaseGone(server, path), where: { server } };
  return { result: 'unfit', fault };
}

/** What kanidmd would not start with though it accepts a copy; null: nothing. What is no TOML it refuses itself. */
function whatATestMisses(bytes: Uint8Array, site: Site): string | null {
  const found = checkUnstagedBytes(bytes, { server: site.server.id });
  if (!found.ok || found.value.length === 0) return null;
  return found.value
    .map(({ where, message, fix }) => `line ${where.line ?? 0}: ${message} ${fix}`)
    .join('\n');
}

/**
 * Why kanidmd must not be started, or stopped to be started again, with the server.toml that lies on the server now. A
 * process reads its file only at its start, so the one that runs proves nothing about a file that was changed since:
 * nobody may have tested it.
 * @returns null when kanidmd accepts a copy of that file. Where it cannot be asked (a full disk, a lost connection) null
 * too, if nothing runs that a start could end, or if the process that the probe saw had read this very file.
 */
export async function guardStart(deployment: Deployment, site: Site): Promise<Fault | null> {
  const server = site.server.id;
  const path = configPathOf(site.observed);
  if (path === null) return { ...unknownFile, where: { server } };
  const file = await site.connection.readFile(path, { ...uncancelled(60_000), maxBytes: LARGEST_CONFIG });
  // There is nothing to start: that says more than that its file could not be tested.
  if (!file.ok && isGone(file.error)) return faultAt(site, file);
  const test: FileTest = file.ok
    ? await testFile(deployment, site, file.value.bytes, uncancelled(60_000))
    : { result: 'untested', fault: faultAt(site, file) };
  if (test.result === 'accepted') return null;
  if (test.result === 'unfit') return test.fault;
  if (test.result === 'refused')
    return { ...refused(server), detail: test.detail, where: { server, file: path } };
  if (file.ok && hadRead(site, file.value.sha256)) return null;
  const state = await site.connection.service.state(uncancelled(30_000));
  if (state.ok && (state.value.state === 'stopped' || state.value.state === 'failed')) return null;
  return { ...untested(server, test.fault), where: { server, file: path } };
}

/** Whether the process that the probe saw had started with this file, as far as the times tell. */
const hadRead = ({ observed }: Site, sha256: Sha256): boolean =>
  observed.state === 'running' &&
  (observed.facts?.startedAt ?? null) !== null &&
  observed.file?.sha256 === sha256 &&
  !isOlderThanItsFile(observed);

/** A server with the bytes its kanidmd accepted. */
const acceptedKey = (site: Site, sha256: Sha256): string => `${site.server.id} ${sha256}`;

const refused = (server: string) => ({
  code: 'config-refused',
  message: `kanidmd refuses the server.toml that lies on ${server}: a restart would leave ${server} down. It was not restarted.`,
  fix: 'See what it printed below, fix the file, then plan again.',
});

const untested = (server: string, why: Fault) => ({
  code: 'config-untested',
  message: `${server} was not restarted: whether kanidmd accepts the server.toml that lies there could not be tested. ${why.message}`,
  fix: why.fix,
  ...(why.detail === undefined ? {} : { detail: why.detail }),
});

const unknownFile = {
  code: 'config-untested',
  message: 'Which server.toml this server reads is not known, so it was not restarted.',
  fix: 'Name the file in the fleet file (config), then plan again.',
};
