import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUT, ROOT } from '../../build/launch/places.mjs';
import { twoServers } from '../e2e/support/two-servers';
import { until } from '../e2e/support/until';
import { missing, startEngine, type TestEngine } from '../real/docker/support/engine';
import { debianRootFs } from '../real/systemd/support/root-fs';
import { olderDeb, OLDER, ONLY_IN_OLDER } from './support/deb';
import { type Desk, startDesk } from './support/desk';
import { playEndToEnd } from './support/end-to-end';
import { sandboxes, startFromMenu } from './support/from-menu';
import { playMainJob, runProgram, startPractice } from './support/main-job';
import { packageOf, packedVersion } from './support/packages';

const LIMIT_MS = 60_000;
const debian = missing === null ? await debianRootFs() : { missing };
const deb = packageOf('.deb');
const { version } = packedVersion();

/**
 * What of the end-to-end tests is played in the installed app, beside the tour, which reads the logs: the main job with a deploy,
 * what is not saved, whom it trusts. A fleet that a test itself starts is none of these: its servers are another user's.
 */
const PLAYED_INSTALLED = {
  names: ['main-job', 'unsaved', 'trust'],
  tests:
    /of the practice fleet the window starts itself|then 'quit'|Save that finds|opened by (Open|a second instance)|is asked about again/,
};
/** What dpkg keeps for somebody who puts it back by hand: its list of packages before the last change. */
const DPKG_KEEPS = ['/var/lib/dpkg/status-old'];
/** Files that come and go with a system that runs, and with apt and dpkg whatever they install. */
const KEPT_BY_THE_SYSTEM = [...DPKG_KEEPS, '/var/lib/systemd/', '/var/tmp/', '/var/lib/apt/'];
/** An empty folder that is in no other package goes with the last one that has it. */
const TAKEN_BY_DPKG = ['/opt'];

/** What follows goes on from one test to the next, as a person does: installs, uses, upgrades, removes. */
describe.skipIf('missing' in debian || deb === null)('the deb, on a fresh Debian', () => {
  let engine: TestEngine;
  let desk: Desk;
  /** The files of the system without Kanilink. */
  let before: readonly string[];
  /** What starts the installed app as ada. */
  let stand: string;
  const display = process.env['DISPLAY'] ?? '';

  /** Everything of the system, but what apt itself keeps and notes. */
  const filesOfSystem = (): readonly string[] =>
    desk
      .root(
        'find',
        '/',
        '-xdev',
        '-path',
        '/var/cache',
        '-prune',
        '-o',
        '-path',
        '/var/log',
        '-prune',
        '-o',
        '-print',
      )
      .split('\n')
      .filter((path) => !KEPT_BY_THE_SYSTEM.some((kept) => path.startsWith(kept)))
      .sort();
  const install = (path: string): Promise<string> =>
    desk.rootLong(
      ...['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '--yes', '--quiet'],
      // What is recommended is not needed: what the package depends on is enough.
      ...['--no-install-recommends', path],
    );
  const fleet = (): string => join(desk.home, 'home lab.kanilink.toml');
  const kanilink = (...words: string[]) => desk.ada(['kanilink', ...words]);

  beforeAll(async () => {
    if ('missing' in debian || deb === null) return;
    engine = await startEngine();
    desk = await startDesk(engine, debian.tar);
    cpSync(deb, join(desk.folder, 'kanilink.deb'));
    await olderDeb(deb, desk.folder);
    await desk.rootLong('apt-get', 'update', '--quiet');
    // What it depends on stays, and is there before what is compared begins.
    await desk.rootLong(
      ...['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'satisfy', '--yes', '--quiet'],
      ...[
        '--no-install-recommends',
        desk.root('dpkg-deb', '--field', join(desk.folder, 'kanilink.deb'), 'Depends'),
      ],
    );
    before = filesOfSystem();
    stand = desk.standIn('/opt/Kanilink/kanilink');
  }, 400_000);
  afterAll(async () => {
    await engine?.close();
    desk?.forget();
  });

  it('brings all it needs, and nothing of it is missing', async () => {
    // What it says that it depends on is there, and nothing else comes with it.
    expect(await install(join(desk.folder, 'older.deb'))).toContain(' 1 newly installed');
    expect(desk.root('dpkg-query', '--show', '--showformat', '${Version}', 'kanilink')).toBe(OLDER);
    const lacking = desk.root(
      'sh',
      '-c',
      'find /opt/Kanilink -type f -exec ldd {} + 2>/dev/null | grep "not found" || true',
    );
    expect(lacking).toBe('');
    expect(desk.root('stat', '--format', '%a %U', '/opt/Kanilink/chrome-sandbox')).toBe('4755 root');
    expect(desk.root('find', '/opt/Kanilink', '!', '-user', 'root')).toBe('');
    expect(desk.root('find', '/opt/Kanilink', '!', '-type', 'l', '-perm', '/022')).toBe('');
    // The system knows a fleet file.
    expect(desk.root('grep', '-r', 'kanilink', '/usr/share/mime/globs2')).toMatch(/:\*\.kanilink\.toml$/);
    expect(desk.root('sh', '-c', 'zcat /usr/share/man/man1/kanilink.1.gz')).toContain('.SS apply');
  });

  it('plays the tour as an ordinary user', async () => {
    const pictures = join(OUT, 'tour', 'installed');
    const env = {
      ...process.env,
      TMPDIR: join(desk.folder, 'tmp'),
      KANILINK_ELECTRON: stand,
      KANILINK_APP: stand,
    };
    const tour = [join(OUT, 'tour', 'tour.cjs'), '--pictures', pictures];
    const { code, stdout, stderr } = await runProgram(process.execPath, tour, env);
    expect(code, stdout + stderr).toBe(0);
    expect(readdirSync(pictures)).toContain('01-start.png');
  });

  it('plays end-to-end tests as an ordinary user, in the sandbox', async () => {
    const { code, stdout, stderr } = await playEndToEnd(PLAYED_INSTALLED, {
      ...{ PATH: process.env['PATH'], HOME: process.env['HOME'], DISPLAY: display },
      ...{ TMPDIR: join(desk.folder, 'tmp'), KANILINK_ELECTRON: stand, KANILINK_APP: stand },
    });
    expect(code, stdout.slice(-20_000) + stderr.slice(-20_000)).toBe(0);
    expect(stdout).toMatch(/Test Files +3 passed/);
  });

  /** On a practice fleet of ada's. */
  const onPractice = async (work: (fleet: string) => Promise<void>): Promise<void> => {
    const practice = await startPractice('docker', desk.asAda(['kanilink', 'practice']), desk.dockerEnv);
    try {
      await work(practice.fleet);
    } finally {
      desk.root('sh', '-c', `kill -INT $(grep -lze '^practice$' /proc/[0-9]*/cmdline | cut -d/ -f3)`);
      await practice.end();
    }
  };

  it('does the main job by the command line', () => onPractice((fleet) => playMainJob(kanilink, fleet)));

  it('watches as a unit of systemd, set up as the guide says, until it is stopped', () =>
    onPractice(async (fleet) => {
      const [user, folder, trust, check, unit, reload, start, ...more] = watcherLines();
      expect([start?.includes('--now'), more]).toEqual([true, []]);
      const sh = (line = ''): string => desk.root('sh', '-ec', line);
      sh(user);
      sh(folder);
      sh(
        `cd "$(dirname "${fleet}")" && install -D -t /etc/kanilink -o kanilink -m 600 fleet.toml id_ed25519 known_hosts`,
      );
      sh(`${trust} --yes`);
      sh(check);
      for (const line of [unit, reload, start]) sh(line);
      const metrics = () => fetch(`http://${METRICS}/metrics`).then((it) => it.text(), String);
      const seen = 'kanilink_server_state{server="idm-a",state="running"';
      await expect.poll(metrics, { timeout: LIMIT_MS }).toMatch(new RegExp(`^${seen}.*1$`, 'm'));
      const shown = (...what: string[]): string =>
        desk.root('systemctl', 'show', WATCHER, '--value', ...what.flatMap((it) => ['-p', it]));
      expect(shown('ActiveState', 'NRestarts').split('\n').filter(Boolean).sort()).toEqual(['0', 'active']);
      // It remembers: what is below its folder is its own, and the history is there.
      await until(
        'a history is kept',
        () => sh(`ls ${STATE}/history`).includes('history-1.sqlite'),
        LIMIT_MS,
      );
      expect(sh(`find ${STATE} ! -user kanilink`)).toBe('');
      desk.root('systemctl', 'stop', WATCHER);
      expect(shown('Result')).toBe('success');
      expect(shown('ExecMainCode', 'ExecMainStatus').split('\n').filter(Boolean).sort()).toEqual(['0', '1']);
      const said = desk.root('journalctl', '--unit', WATCHER, '--no-pager');
      expect(said).not.toMatch(/No history is kept|unexpected/);
      expect(await metrics()).toMatch(/fetch failed/);
      // What the person did is undone by the person; files of users keep their last state beside them.
      sh(
        `systemctl disable ${WATCHER} && rm -r /etc/systemd/system/${WATCHER} /etc/kanilink ${STATE} && userdel kanilink`,
      );
      sh(
        'systemctl daemon-reload; cd /etc; for f in passwd shadow group gshadow subuid subgid; do [ ! -e $f- ] || cp -p $f $f-; done',
      );
    }));

  it('opens a fleet file by its menu entry, in the sandbox, and does not trust it by itself', async () => {
    // Two ends of one service are an error of the file.
    writeFileSync(fleet(), twoServers('Home lab').replace(/:1"\n$/, ':2"\n'));
    desk.root('chown', 'ada:ada', fleet());
    const { window, pid, end } = await startFromMenu(desk, display, pathToFileURL(fleet()).href);
    try {
      await window.page.getByTestId('untrusted').waitFor();
      await window.canvas.server('idm-a').waitFor();
      const pages = sandboxes(desk, pid);
      expect(pages.length).toBeGreaterThan(0);
      for (const page of pages) expect(page).toEqual({ own: true, filter: '2' });
    } finally {
      await end();
    }
  });

  it('is upgraded, and keeps settings, drafts, journals and history', async () => {
    const trusted = await kanilink('trust', fleet(), '--yes');
    expect(trusted.code, trusted.stdout + trusted.stderr).toBe(0);
    const before = await startFromMenu(desk, display, pathToFileURL(fleet()).href);
    try {
      const { page, servers } = before.window;
      // A key that is pressed before the window is there does nothing.
      await before.window.canvas.server('idm-b').waitFor();
      await before.window.command('dark');
      await page.locator('html[data-theme="dark"]').waitFor();
      await servers.select('idm-b');
      await page.keyboard.press('Delete');
      await page.getByTestId('remove-dialog').getByRole('button', { name: 'Remove idm-b' }).click();
      await servers.row('idm-b').waitFor({ state: 'detached' });
      await until('what is not saved is kept', () => draftsOf(desk).length === 1, LIMIT_MS);
    } finally {
      await before.end();
    }
    const kept = filesOf(configOf(desk));
    for (const part of ['settings.json', 'deploys/', 'history/history-1.sqlite', 'drafts/'])
      expect([...kept.keys()].filter((path) => path.startsWith(part))).not.toEqual([]);

    await install(join(desk.folder, 'kanilink.deb'));
    expect((await kanilink('--version')).stdout.trim()).toBe(version);
    expect(() => desk.root('test', '-e', ONLY_IN_OLDER)).toThrow();
    expect(filesOf(configOf(desk))).toEqual(kept);

    const after = await startFromMenu(desk, display, null);
    try {
      const { page } = after.window;
      await page.locator('html[data-theme="dark"]').waitFor();
      await page.getByTestId('draft-dialog').getByText('-id = "idm-b"').waitFor();
      await page.screenshot({ path: join(OUT, 'tour', 'installed', 'upgraded.png') });
    } finally {
      await after.end();
    }
  });

  it('is removed and purged without a trace', () => {
    const yours = filesOf(configOf(desk));
    desk.root('apt-get', 'remove', '--yes', 'kanilink');
    desk.root('apt-get', 'purge', '--yes', 'kanilink');
    // What is hers stays: settings, drafts, journals, history, and her fleet file.
    expect(yours.size).toBeGreaterThan(0);
    expect(filesOf(configOf(desk))).toEqual(yours);
    expect(statSync(fleet()).isFile()).toBe(true);
    const after = filesOfSystem();
    expect(after.filter((path) => !before.includes(path))).toEqual([]);
    expect(before.filter((path) => !after.includes(path))).toEqual(TAKEN_BY_DPKG);
    // Nor do lists of all programs and kinds of file name it.
    const search = 'grep -rlis kanilink /etc /opt /usr /var/lib || true';
    const naming = desk.root('sh', '-c', search).split('\n').filter(Boolean);
    expect(naming.filter((path) => !DPKG_KEEPS.includes(path))).toEqual([]);
  });
});

const WATCHER = 'kanilink-watch.service';
const STATE = '/var/lib/kanilink';
const METRICS = /--metrics (\S+)/.exec(readFileSync(join(ROOT, 'docs', 'watching', WATCHER), 'utf8'))?.[1];

/** The lines of the guide by which a watcher gets its user, its trust and its unit. */
function watcherLines(): readonly string[] {
  const guide = readFileSync(join(ROOT, 'docs', 'guide.md'), 'utf8');
  const [, chapter = ''] = guide.split('\n## Watching without a window\n');
  const [here = ''] = chapter.split('\n## ');
  return [...here.matchAll(/^```sh\n([^`]*)^```$/gm)].flatMap(([, block = '']) =>
    block.trimEnd().split('\n'),
  );
}

const configOf = (desk: Desk): string => join(desk.home, '.config', 'Kanilink');
const draftsOf = (desk: Desk): readonly string[] =>
  readdirSync(join(configOf(desk), 'drafts')).filter((name) => name.endsWith('.json'));

/** Every file below a folder, by its path in it, with its bytes. */
function filesOf(folder: string): ReadonlyMap<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths.filter((path) => statSync(join(folder, path), { throwIfNoEntry: false })?.isFile());
  return new Map(files.map((path) => [path, readFileSync(join(folder, path), 'latin1')]));
}
