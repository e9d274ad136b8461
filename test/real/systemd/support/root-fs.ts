import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../../../build/launch/places.mjs';

const DEBOOTSTRAP = '/usr/sbin/debootstrap';
const PACKAGES = ['systemd', 'systemd-sysv', 'dbus', 'openssh-server', 'sudo', 'iproute2', 'libstdc++6'];

/** The tar of `makeDebian`, or in words why there is none here: no debootstrap, no mirror in reach. */
export async function debianRootFs(): Promise<{ readonly tar: string } | { readonly missing: string }> {
  if (!existsSync(DEBOOTSTRAP)) return { missing: `${DEBOOTSTRAP} is missing: apt-get install debootstrap` };
  try {
    return { tar: await makeDebian() };
  } catch (error) {
    return { missing: `no Debian could be made: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/**
 * A Debian (or Ubuntu) of this machine's own release with systemd, sshd and sudo, as a tar. Made once, about a minute,
 * with the mirror this machine uses itself; kept in the user's cache folder.
 */
async function makeDebian(): Promise<string> {
  const { mirror, suite } = ownMirror();
  const key = createHash('sha256')
    .update(JSON.stringify([mirror, suite, PACKAGES]))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheFolder(), 'machines');
  const tar = join(folder, `${suite}-${key}.tar`);
  if (existsSync(tar)) return tar;
  mkdirSync(folder, { recursive: true });
  process.stderr.write(`making a Debian ${suite} for the tests, once (a minute or two): ${tar}\n`);
  const work = await mkdtemp(join(folder, 'making-'));
  try {
    const root = join(work, 'root');
    const argv = ['--variant=minbase', `--include=${PACKAGES.join(',')}`, suite, root, mirror];
    execFileSync(DEBOOTSTRAP, argv, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 8 * 60_000 });
    rmSync(join(root, 'var/cache/apt/archives'), { recursive: true });
    rmSync(join(root, 'var/lib/apt/lists'), { recursive: true });
    execFileSync('tar', ['--one-file-system', '-C', root, '-cf', join(work, 'tar'), '.']);
    renameSync(join(work, 'tar'), tar);
  } finally {
    // A debootstrap that was cut off leaves /proc mounted in it.
    execFileSync('rm', ['-rf', '--one-file-system', '--', work]);
  }
  return tar;
}

/** Where this machine's own packages come from: the repository that has a `main` of its release. */
function ownMirror(): { readonly mirror: string; readonly suite: string } {
  const suite = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable';
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
  const targets = execFileSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  const own = targets
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, release, component]) => release === suite && component === 'main');
  if (own?.[0] === undefined) throw new Error(`apt names no repository of ${suite}:\n${targets}`);
  return { mirror: own[0], suite };
}
