import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { OUT } from './places.mjs';
import { atEnd, run } from './run.mjs';
import { duration, say } from './say.mjs';
import { installableNames, installCommand, installerHere, missingFrom } from './system-packages.mjs';

/** @typedef {import('./system-packages.mjs').SystemPackage} SystemPackage */

const UPDATE_LIMIT_MS = 3 * 60_000;
const INSTALL_LIMIT_MS = 10 * 60_000;
const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Sees to it that system packages are there. As root on Debian and Ubuntu it installs what is missing, saying so; as
 * anyone else it prints the command to run. Elsewhere it leaves the judgement to `missingLibraries`.
 * @param {readonly SystemPackage[]} needed
 * @returns {Promise<boolean>} whether everything is known to be there
 */
export async function provideSystemPackages(needed) {
  if (process.platform !== 'linux' || installerHere() !== 'apt') return false;
  const missing = await missingPackages(needed);
  if (missing.length === 0) return true;
  if (process.getuid?.() !== 0) {
    const names = installableNames(missing, await policyOf(missing));
    say(`these system packages are missing; install them with\n${installCommand('apt', names)}`);
    return false;
  }
  const about = { what: 'it installs system packages', limitMs: INSTALL_LIMIT_MS };
  await withLock(join(OUT, '.locks', 'system'), about, () => install(missing));
  return (await missingPackages(needed)).length === 0;
}

/**
 * Shared libraries a program would not find, by asking the dynamic linker.
 * @param {string} program
 * @returns {Promise<string[]>} sonames; empty also where there is no `ldd`
 */
export async function missingLibraries(program) {
  if (process.platform !== 'linux') return [];
  const { output } = await run('ldd', [program], { limitMs: 20_000, output: 'captured' });
  return [...output.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1] ?? '');
}

/**
 * The words for a person on a system where nothing is installed by us.
 * @param {readonly SystemPackage[]} packages
 */
export function howToInstall(packages) {
  const installer = installerHere();
  if (installer === undefined)
    return `Install what your distribution calls ${packages.map(({ dnf }) => dnf).join(', ')}.`;
  const names = packages.map((each) =>
    installer === 'apt' ? (each.apt[each.apt.length - 1] ?? '') : each[installer],
  );
  return `Install what is missing with\n${installCommand(installer, names)}`;
}

/** @param {readonly SystemPackage[]} needed */
async function missingPackages(needed) {
  const names = needed.flatMap(({ apt }) => apt);
  // It exits 1 when it does not know a name; the listing is right all the same.
  const format = '${Package} ${db:Status-Status}\\n';
  const { output } = await run('dpkg-query', ['-W', '-f', format, ...names], {
    limitMs: 20_000,
    output: 'captured',
  });
  return missingFrom(needed, output);
}

/** @param {readonly SystemPackage[]} packages */
async function policyOf(packages) {
  const names = packages.flatMap(({ apt }) => apt);
  const { output } = await run('apt-cache', ['policy', ...names], {
    limitMs: 30_000,
    output: 'captured',
    env: { ...process.env, LC_ALL: 'C' },
  });
  return output;
}

/** @param {readonly SystemPackage[]} packages */
async function install(packages) {
  const began = Date.now();
  say('system packages are missing; reading the package lists (apt-get update)');
  const update = await apt(['update'], UPDATE_LIMIT_MS);
  if (update !== undefined) say(`apt-get update failed; trying with the lists there are\n${update}`);
  const names = installableNames(packages, await policyOf(packages));
  say(`installing system packages (about a minute): apt-get install ${names.join(' ')}`);
  const withSsh = names.includes('openssh-server');
  const allowServices = names.some((name) => SERVICES.includes(name)) ? keepServicesStopped() : undefined;
  const failure = await apt(['-y', '--no-install-recommends', 'install', ...names], INSTALL_LIMIT_MS);
  allowServices?.();
  if (withSsh) await keepSshDisabled();
  if (failure === undefined) say(`system packages installed in ${duration(Date.now() - began)}`);
  else say(`apt-get install failed, going on without\n${failure}`);
}

/** Packages that bring a service of their own. The tests start what they need themselves, in folders of their own. */
const SERVICES = ['openssh-server', 'docker.io', 'podman', 'prometheus', 'prometheus-alertmanager'];

/**
 * Runs apt-get without questions.
 * @param {readonly string[]} args
 * @param {number} limitMs
 * @returns {Promise<string | undefined>} the end of its output when it failed
 */
async function apt(args, limitMs) {
  const patient = [
    '-o',
    'DPkg::Lock::Timeout=300',
    '-o',
    'Acquire::Retries=2',
    '-o',
    'Acquire::http::Timeout=30',
  ];
  const { code, timedOut, output, errors } = await run('apt-get', [...patient, '-qq', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    limitMs,
    output: 'captured',
  });
  if (code === 0) return undefined;
  const reason = timedOut ? `not done within ${duration(limitMs)}` : `exit ${code}`;
  return `${(output + errors).trim().split('\n').slice(-15).join('\n')}\n(${reason})`;
}

/**
 * Debian starts a service as soon as its package is installed. The tests run an `sshd` of their own; this machine shall
 * not begin to listen on port 22 because of them. (Debian policy 9.3.3.1: policy-rc.d, exit 101 forbids.)
 * @returns {() => void} takes it back
 */
function keepServicesStopped() {
  if (existsSync(POLICY)) return () => undefined;
  const takeBack = () => rmSync(POLICY, { force: true });
  const forget = atEnd(takeBack);
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => {
    forget();
    takeBack();
  };
}

async function keepSshDisabled() {
  if (!existsSync('/run/systemd/system')) return;
  say('openssh-server is installed for the tests; its own service stays disabled');
  await run('systemctl', ['disable', 'ssh.service', 'ssh.socket'], { limitMs: 30_000, output: 'captured' });
}
