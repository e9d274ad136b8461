import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { billOf, packCliInto } from '../../build/launch/pack-cli.mjs';
import { billOfApp } from '../../build/launch/package-parts.mjs';
import { optionalDependencies } from '../../package.json';
import { ROOT } from '../../build/launch/places.mjs';
import { runNpm } from '../../build/launch/npm-packages.mjs';
import { missing, startEngine, type TestEngine } from '../real/docker/support/engine';
import { nodeRootFs } from './support/node-root-fs';
import { playMainJob, runProgram, startPractice } from './support/main-job';
import { type Registry, serveRegistry } from './support/registry';
import { bashOffers, fishOffers, hasShell, zshCompletes } from './support/shells';

let folder: string;
let tarball: string;
let program: string;
let registry: Registry;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kanilink-cli-'));
  tarball = await packCliInto(join(folder, 'packed'));
  // Without a network, without a compiler: what it needs is in it.
  const { errors, ...installed } = await install('prefix', '--offline');
  expect(errors).toBe('');
  program = installed.program;
  registry = await serveRegistry(['@photostructure/sqlite', 'node-addon-api', 'node-gyp-build'], folder);
});
afterAll(async () => {
  await registry?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Installs the tarball as a person does. */
async function install(
  name: string,
  ...options: readonly string[]
): Promise<{ readonly program: string; readonly errors: string }> {
  const prefix = join(folder, name);
  const argv = ['install', '--global', '--prefix', prefix, '--cache', join(folder, `${name}-cache`)];
  const captured = { output: 'captured', cwd: folder } as const;
  const { code, errors } = await runNpm([...argv, ...options, tarball], 120_000, captured);
  expect(code, errors).toBe(0);
  return { program: join(prefix, 'bin', 'kanilink'), errors };
}

/** Nothing of the person who runs the tests, nor of the checkout. Short names: a socket's path has 107 bytes. */
const environment = (name: string): NodeJS.ProcessEnv => {
  const home = join(folder, name);
  mkdirSync(join(home, 'tmp'), { recursive: true });
  return {
    PATH: `${dirname(process.execPath)}${delimiter}/usr/bin:/bin`,
    HOME: home,
    TMPDIR: join(home, 'tmp'),
  };
};

describe('the tarball', () => {
  it('brings its manual page, its licences and no other package', async () => {
    const installed = join(folder, 'prefix', 'lib', 'node_modules', 'kanilink');
    const env = environment('look');
    const { stdout } = await runProgram('find', [join(folder, 'prefix'), '-name', 'node_modules'], env);
    expect(stdout.trim().split('\n')).toEqual([dirname(installed)]);
    expect(readFileSync(join(folder, 'prefix', 'share', 'man', 'man1', 'kanilink.1'), 'utf8')).toContain(
      '.SS apply',
    );
    expect(readFileSync(join(installed, 'THIRD-PARTY-LICENSES'), 'utf8')).toContain('ssh2 ');
    const watching = readdirSync(join(ROOT, 'docs', 'watching'));
    expect(readdirSync(join(installed, 'docs', 'watching'))).toEqual(watching);
    const version = await runProgram(program, ['--version'], env);
    expect(version.stdout.trim()).toBe(
      JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')).version,
    );
  });

  it('has its bill of materials beside it, which names what its licences name, and is no other package’s', () => {
    const text = readFileSync(billOf(tarball), 'utf8');
    const installed = join(folder, 'prefix', 'lib', 'node_modules', 'kanilink');
    expect(readFileSync(join(installed, 'sbom.cdx.json'), 'utf8')).toBe(text);
    const bill = JSON.parse(text) as {
      metadata: { component: { name: string; version: string } };
      components: { name: string; version: string; scope?: string }[];
    };
    const { name, version } = bill.metadata.component;
    expect(basename(tarball)).toBe(`${name}-${version}.tgz`);
    const licences = readFileSync(join(installed, 'THIRD-PARTY-LICENSES'), 'utf8');
    const licensed = [...licences.matchAll(/^={80}\n(\S+) (\S+) \(/gm)].map((match) => match.slice(1));
    expect(bill.components.map((each) => [each.name, each.version])).toEqual(licensed);
    expect(licensed.map(([each]) => each)).toEqual(expect.arrayContaining(['ssh2', 'zod']));
    // What npm brings beside it is named, and not as a part of it.
    const beside = bill.components.filter(({ scope }) => scope === 'optional');
    const names = beside.map((each) => each.name);
    expect(names).toEqual(['@photostructure/sqlite', 'node-addon-api', 'node-gyp-build']);
    expect(Object.fromEntries(beside.map((each) => [each.name, each.version]))).toMatchObject(
      optionalDependencies,
    );
    expect(licences.slice(licences.indexOf('are not in this one'))).toContain(names[0]);
    const ofApp = billOfApp('Kanilink', version);
    expect(basename(billOf(tarball)).toLowerCase()).not.toBe(ofApp.toLowerCase());
  });

  it('does the main job on a practice fleet', async () => {
    const env = environment('home');
    const practice = await startPractice(program, ['practice'], env);
    try {
      await playMainJob((...words) => runProgram(program, words, env), practice.fleet);
    } finally {
      expect(await practice.end()).toBe(0);
    }
  });

  it('remembers from one start to the next where npm brought SQLite, and says where it did not', async () => {
    const remembering = (await install('remembering', '--registry', registry.url)).program;
    const env = environment('memory');
    const practice = await startPractice(remembering, ['practice'], env);
    try {
      await playMainJob((...words) => runProgram(remembering, words, env), practice.fleet);
      const kept = await watchFor(remembering, env, practice.fleet, () => {
        const file = join(configOf(env), 'history', 'history-1.sqlite');
        if (!existsSync(file)) return false;
        const database = new DatabaseSync(file, { readOnly: true, timeout: 1000 });
        try {
          // When RUVs were read last keeps the next look at its distance, whoever starts then.
          return Number(database.prepare('SELECT count(*) AS n FROM ruv').get()['n']) >= 2;
        } finally {
          database.close();
        }
      });
      expect(kept).not.toContain(NOT_KEPT);
      const told = async (path: string, command: string) => {
        const { stdout, stderr } = await runProgram(path, [command, practice.fleet], env);
        return stdout + stderr;
      };
      for (const command of ['status', 'history']) {
        expect(await told(remembering, command)).not.toContain(NOT_KEPT);
        expect(await told(program, command)).toMatch(SAID_IF_NOT_KEPT);
      }
      let said = '';
      await watchFor(program, env, practice.fleet, (stderr) => SAID_IF_NOT_KEPT.test((said = stderr)));
      expect(said).toMatch(SAID_IF_NOT_KEPT);
    } finally {
      expect(await practice.end()).toBe(0);
    }
  });

  const completions = (): string => join(folder, 'prefix', 'lib', 'node_modules', 'kanilink', 'completions');

  it('offers commands and options in bash', async () => {
    const ask = (...words: string[]) =>
      bashOffers(join(completions(), 'kanilink.bash'), words, environment('shell'));
    expect(await ask('kanilink', 'pl')).toEqual(['plan']);
    expect(await ask('kanilink', 'apply', 'fleet.toml', '--er')).toEqual(['--erase']);
    expect(await ask('kanilink', 'logs', '--only', '')).toEqual(['replication', 'all', 'warnings']);
    expect(await ask('kanilink', 'check', dirname(tarball).slice(0, -2))).toEqual([dirname(tarball)]);
  });

  it.skipIf(!hasShell('zsh'))('completes commands and options in zsh', async () => {
    const complete = (line: string) => zshCompletes(completions(), line, environment('shell'));
    expect(await complete('kanilink pl')).toBe('kanilink plan');
    expect(await complete('kanilink apply fleet.toml --er')).toBe('kanilink apply fleet.toml --erase');
    expect(await complete('kanilink logs --only rep')).toBe('kanilink logs --only replication');
  });

  it.skipIf(!hasShell('fish'))('offers commands and options in fish', async () => {
    const ask = (line: string) =>
      fishOffers(join(completions(), 'kanilink.fish'), line, environment('shell'));
    expect(await ask('kanilink pl')).toEqual(['plan']);
    expect(await ask('kanilink apply fleet.toml --er')).toEqual(['--erase']);
    expect(await ask('kanilink logs --only ')).toEqual(['all', 'replication', 'warnings']);
  });
});

const NOT_KEPT = 'No history is kept';
/** In a terminal's width or in one line: why, what it costs, and what brings it. */
const SAID_IF_NOT_KEPT = /No history is kept: SQLite did not come[^]*may be green[^]*npm’s registry/;
const configOf = (env: NodeJS.ProcessEnv): string => join(String(env['HOME']), '.config', 'Kanilink');

/** Runs `kanilink watch` until something is so. @returns its standard error, once it has ended by SIGTERM */
async function watchFor(
  path: string,
  env: NodeJS.ProcessEnv,
  fleet: string,
  isSo: (stderr: string) => boolean,
): Promise<string> {
  const child = spawn(path, ['watch', fleet], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  try {
    await expect.poll(() => isSo(stderr), { timeout: 120_000, interval: 500 }).toBe(true);
  } finally {
    child.kill('SIGTERM');
  }
  expect(await gone, stderr).toBe(0);
  return stderr;
}

const CONTAINERFILE = join(ROOT, 'build', 'package', 'Containerfile');
const SERVER = '[[server]]\nid = "idm-a"\nconnect = "ssh"\nendpoint = "ssh://ada@127.0.0.1:1"\n';
/** The uid of somebody who is neither root nor user 1000. */
const PERSON = 4321;

/** The lines that use a program in the README that is in the tarball, as a person types them who has that tarball. */
function readmeCommands(program: string): readonly string[] {
  const readme = readFileSync(join(ROOT, 'build', 'package', 'README.cli.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```sh\n([^`]*)^```$/gm)].map(([, block = '']) => block);
  return blocks
    .filter((block) => block.includes(`${program} `))
    .flatMap((block) => block.trimEnd().split('\n'))
    .map((line) => line.replace('kanilink-VERSION.tgz', basename(tarball)));
}

/** The lines that the Containerfile of a watcher says, each whole. */
function watchCommands(): readonly string[] {
  const said = readFileSync(join(ROOT, 'docs', 'watching', 'Containerfile'), 'utf8');
  const text = [...said.matchAll(/^# {3,}(.*)$/gm)].map(([, line = '']) => line).join('\n');
  return text.replaceAll(/ \\\n */g, ' ').split('\n');
}

describe.skipIf(missing !== null)('the container', () => {
  let engine: TestEngine;
  let person = '';
  beforeAll(async () => {
    engine = await startEngine();
    // The base's place is taken by a Node with its libraries: no registry of images is asked.
    const base = /^ARG BASE=(.*)$/m.exec(readFileSync(CONTAINERFILE, 'utf8'))?.[1] ?? '';
    engine.docker('import', nodeRootFs(join(folder, 'node')), base);
    chmodSync(engine.folder, 0o711);
    chmodSync(engine.socket, 0o666);
    person = mkdtempSync(join(tmpdir(), 'kanilink-person-'));
    cpSync(tarball, join(person, basename(tarball)));
    writeFileSync(join(person, 'fleet.toml'), 'version = 1\nname = "Empty"\n');
    const [bring = '', build = ''] = readmeCommands('docker');
    const env = {
      ...{ PATH: process.env['PATH'], HOME: person, npm_config_cache: join(folder, 'image-cache') },
      npm_config_registry: registry.url,
    };
    const brought = await runProgram('sh', ['-c', `cd ${person} && ${bring}`], env);
    expect(brought.code, brought.stdout + brought.stderr).toBe(0);
    await runProgram('chown', ['-R', `${PERSON}:${PERSON}`, person], env);
    // What it mounts must be readable for user 1000.
    chmodSync(person, 0o755);
    const { code, stdout, stderr } = await asPerson(build);
    expect(code, stdout + stderr).toBe(0);
  });
  afterAll(async () => {
    await engine?.close();
    rmSync(person, { recursive: true, force: true });
  });
  /** Runs a line of a shell in a terminal, as somebody who is neither root nor user 1000. */
  const asPerson = (line: string) => {
    const env = { PATH: process.env['PATH'], HOME: person, DOCKER_HOST: `unix://${engine.socket}` };
    const user = ['--reuid', `${PERSON}`, '--regid', `${PERSON}`, '--clear-groups'];
    return runProgram('setpriv', [...user, 'script', '-qec', `cd ${person} && ${line}`, '/dev/null'], env);
  };

  it('is used by the commands of its README, by who is user 1000 and by who is not', async () => {
    const [, , ofUser1000 = '', folderOfOwn = '', ofOther = '', ...more] = readmeCommands('docker');
    expect(more).toEqual([]);
    for (const line of [ofUser1000, folderOfOwn, ofOther]) {
      const { code, stdout, stderr } = await asPerson(line);
      expect(code, `${line}\n${stdout}${stderr}`).toBe(0);
    }
    writeFileSync(join(person, 'fleet.toml'), `version = 1\nname = "Lab"\n\n${SERVER}`);
    const trust = await asPerson(ofOther.replace('check fleet.toml', 'trust fleet.toml --yes'));
    expect(trust.code, trust.stdout + trust.stderr).toBe(0);
    const home = join(person, '.kanilink-container');
    const kept = readdirSync(home, { recursive: true, encoding: 'utf8' });
    expect(kept.length).toBeGreaterThan(0);
    for (const path of kept) expect(statSync(join(home, path)).uid, path).toBe(PERSON);
  });

  it('does the main job on a practice fleet', async () => {
    const env = environment('box');
    const home = String(env['HOME']);
    const inContainer = (...words: string[]): string[] => [
      ...['-H', `unix://${engine.socket}`, 'run', '--rm', '--network', 'host'],
      ...['--user', `${process.getuid?.()}`, '--volume', `${home}:${home}`, '--env', `HOME=${home}`],
      ...['--env', `TMPDIR=${join(home, 'tmp')}`, 'kanilink', ...words],
    ];
    const docker = { PATH: process.env['PATH'], HOME: engine.folder };
    // Its servers are small machines with a shell and tools, which this image has not: they run beside it.
    const practice = await startPractice(program, ['practice'], env);
    try {
      await playMainJob((...words) => runProgram('docker', inContainer(...words), docker), practice.fleet);
    } finally {
      expect(await practice.end()).toBe(0);
    }
  });

  it('remembers in its volume, as its own user and by the command of its README', async () => {
    const fleet = join(folder, 'fleet');
    mkdirSync(fleet);
    writeFileSync(join(fleet, 'fleet.toml'), `version = 1\nname = "Lab"\n\n${SERVER}`);
    const docker = { PATH: process.env['PATH'], HOME: engine.folder };
    const mounts = ['-v', 'kanilink:/home/kanilink', '-v', `${fleet}:/fleet`, '-w', '/fleet'];
    const kanilink = (...words: string[]) =>
      runProgram(
        'docker',
        ['-H', `unix://${engine.socket}`, 'run', '--rm', ...mounts, 'kanilink', ...words],
        docker,
      );
    expect((await kanilink('trust', 'fleet.toml')).code).toBe(1);
    expect(await kanilink('trust', 'fleet.toml', '--yes')).toMatchObject({ code: 0 });
    expect(await kanilink('trust', 'fleet.toml')).toMatchObject({
      code: 0,
      stdout: '/fleet/fleet.toml is trusted.\n',
    });
  });

  it('watches by the lines of its Containerfile, writing into its volume alone, until it is told to end', async () => {
    const etc = join(folder, 'etc');
    mkdirSync(etc);
    writeFileSync(join(person, 'watch.env'), '');
    writeFileSync(join(etc, 'fleet.toml'), `version = 1\nname = "Lab"\n\n${SERVER}`);
    const lines = watchCommands();
    const lineWith = (having: string): string => {
      const [found = '', ...more] = lines.filter((it) => it.includes(having));
      expect([found === '', more], having).toEqual([false, []]);
      return found;
    };
    const [bring] = readmeCommands('docker');
    expect(bring).toBe(lineWith('npm install ').replace('kanilink-VERSION.tgz', basename(tarball)));
    const [build, trust, start] = [
      lineWith('-t kanilink-watch '),
      lineWith(' trust /etc'),
      lineWith('docker run -d '),
    ];
    const env = { PATH: process.env['PATH'], HOME: engine.folder, DOCKER_HOST: `unix://${engine.socket}` };
    const asRoot = async (line: string): Promise<string> => {
      const { code, stdout, stderr } = await runProgram('sh', ['-c', `cd ${person} && ${line}`], env);
      expect(code, `${line}\n${stdout}${stderr}`).toBe(0);
      return stdout.trim();
    };
    /** Nobody sits at a terminal, and this engine has no network to publish a port of. */
    const here = (line: string): string =>
      line
        .replace(' -it ', ' ')
        .replace(/-p \S+/, '--network none')
        .replaceAll('-v /etc/kanilink:', `-v ${etc}:`);
    await asRoot(build);
    await asRoot(`${here(trust)} --yes`);
    const words =
      'watch /etc/kanilink/fleet.toml --metrics 0.0.0.0:9777 --textfile /home/kanilink/watch.prom';
    const container = await asRoot(`${here(start)} ${words}`);
    const node = (script: string) =>
      runProgram('docker', ['exec', container, 'node', '-e', script], env).then(({ stdout }) => stdout);
    const metrics = () =>
      node('fetch("http://127.0.0.1:9777/metrics").then((it) => it.text()).then(console.log, () => {})');
    const file = () =>
      node('try { console.log(require("fs").readFileSync("/home/kanilink/watch.prom", "utf8")) } catch {}');
    const down = 'kanilink_server_state{server="idm-a",state="unreachable",fleet="Lab"} 1';
    for (const said of [metrics, file]) await expect.poll(said, { timeout: 60_000 }).toContain(down);
    const inspect = (what: string) => engine.docker('inspect', '--format', what, container);
    expect(inspect('{{.HostConfig.ReadonlyRootfs}} {{.RestartCount}} {{.State.Running}}')).toBe(
      'true 0 true',
    );
    // SIGTERM, and SIGKILL only long after: what ends with 0 ended by itself.
    engine.docker('stop', '--time', '60', container);
    expect(inspect('{{.State.ExitCode}}')).toBe('0');
    const { stdout, stderr } = await runProgram('docker', ['logs', container], env);
    expect(stdout + stderr).not.toContain(NOT_KEPT);
    const inVolume =
      'docker run --rm --network none -v kanilink:/home/kanilink --entrypoint node kanilink -e';
    const remembered = await asRoot(
      `${inVolume} 'const { DatabaseSync } = require("/opt/kanilink/node_modules/@photostructure/sqlite");` +
        'const file = new DatabaseSync("/home/kanilink/.config/Kanilink/history/history-1.sqlite");' +
        `console.log(file.prepare("SELECT path FROM fleet").get().path)'`,
    );
    expect(remembered).toBe('/etc/kanilink/fleet.toml');
    const left = await asRoot(
      `${inVolume} 'console.log(require("fs").readFileSync("/home/kanilink/watch.prom", "utf8"))'`,
    );
    // What it left claims nothing any more.
    expect(left).toContain('kanilink_server_state{server="idm-a",state="unknown",fleet="Lab"} 1');
    expect(left).not.toContain(down);
  });

  it('runs as nobody in particular, and without a shell', () => {
    expect(engine.docker('image', 'inspect', 'kanilink', '--format', '{{.Config.User}}')).toBe('1000:1000');
    expect(engine.docker('run', '--rm', 'kanilink', '--version')).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
