import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../electron/engine/create-engine';
import type { Engine } from '../../electron/engine/api/engine';
import { bundleKanidmd } from '../../practice/kanidmd/conformance/bundle';
import { bundleChild, deployBroken } from '../deploy/support/broken-deploy';
import type { Fault } from '../deploy/support/fault';
import { blocksOf, runBlocks } from '../deploy/support/runbook';
import { anHour, deployed } from '../deploy/support/site';
import { value } from '../support/results';
import { freePort, person } from '../ssh/sshd';
import { missing, startEngine, type TestEngine } from './docker/support/engine';
import { importImage, makeRootFs } from './docker/support/image';
import { fleetText } from './docker/support/job';
import { makeEngineCertificates } from './docker/support/tls';
import { prepareServer, runServer, type TestServer, untilUp } from './docker/support/server';
import {
  ADA_MAY_ALL,
  homeThatKnows,
  importDebian,
  startMachine,
  type SystemdMachine,
} from './systemd/support/machine';
import { debianRootFs } from './systemd/support/root-fs';

const debian = missing === null ? await debianRootFs() : { missing };
if ('missing' in debian) process.stderr.write(`skipped: test/real/deploy-faults: ${debian.missing}\n`);

/** A sample of the fault matrix (`test/deploy/matrix.test.ts`), and a runbook done by hand, where nothing is a stand-in but kanidmd. */
describe.skipIf(missing !== null)('a deploy that is broken, on real machines', () => {
  let engine: TestEngine;
  let rootFs: string;
  let certificates: { readonly server: string; readonly client: string };
  let tlsPort: number;
  let child: string;
  let program: string;

  beforeAll(async () => {
    [child, program, rootFs] = await Promise.all([bundleChild(), bundleKanidmd(), makeRootFs()]);
    certificates = await makeEngineCertificates(mkdtempSync(join(tmpdir(), 'kanilink-tls-')));
    tlsPort = await freePort();
    const { server: own } = certificates;
    engine = await startEngine([
      ...['--host', `tcp://127.0.0.1:${tlsPort}`, '--tlsverify', '--tlscacert', join(own, 'ca.pem')],
      ...['--tlscert', join(own, 'cert.pem'), '--tlskey', join(own, 'key.pem')],
    ]);
    importImage(engine, rootFs);
    if (!('missing' in debian)) importDebian(engine, debian.tar);
  });
  afterAll(async () => {
    await engine?.close();
    for (const file of [child, program, certificates?.server])
      if (file) await rm(dirname(file), { recursive: true });
    if (rootFs) await rm(rootFs, { recursive: true });
  });

  const started = async (name: string): Promise<TestServer> => {
    const server = await prepareServer(engine.folder, name, { uid: 4321, mode: 0o640 });
    runServer(engine, server);
    await untilUp(engine, name);
    return server;
  };
  const container = (server: TestServer, ...way: readonly string[]) => [
    'connect = "docker"',
    ...(way.length > 0 ? way : [`endpoint = "${engine.endpoint}"`]),
    `container = "${server.name}"`,
    `origin = "${server.origin}"`,
    `bindaddress = "127.0.0.1:${server.replicationPort}"`,
  ];
  const over = (machine: SystemdMachine) => [
    'connect = "ssh"',
    `endpoint = "ssh://ada@${machine.host}:${machine.sshPort}"`,
    `identity = "${machine.key}"`,
    'sudo = true',
    'kanidmd = "/usr/sbin/kanidmd"',
    `origin = "${machine.origin}"`,
    `bindaddress = "${machine.host}:${machine.replicationPort}"`,
  ];
  /** An operator's desk: a fleet file and a journal. */
  const deskOf = (name: string, home: string, text: string) => {
    const fleet = join(engine.folder, `${name}.toml`);
    writeFileSync(fleet, text);
    const configDir = join(engine.folder, `${name}-config`);
    const made = createEngine({
      ...{ home, env: {}, configDir, prompter: person(), log: () => undefined, practiceProgram: [] },
    });
    const broken = (fault: Fault) =>
      deployBroken(child, { fleet, home, configDir, erase: ['idm-b'], fault, job: 'apply' }, () =>
        Promise.reject(new Error('this sample needs nothing of the world')),
      );
    /** Files that the journals kept, whose names begin so. */
    const kept = (name: string): readonly string[] =>
      readdirSync(join(configDir, 'deploys'), { recursive: true, encoding: 'utf8' })
        .filter((path) => basename(path).startsWith(name))
        .map((path) => readFileSync(join(configDir, 'deploys', path), 'utf8'));
    return { made, broken, kept, text: { path: fleet, text } };
  };
  /** A unit is active before its kanidmd answers, and a busy machine may not be read in time: asked again, as a person does. */
  const runbookOf = async (made: Engine, text: { path: string; text: string }): Promise<string> => {
    const ask = () => made.runbook(text, { ...anHour(), fingerprint: null });
    let answer = await ask();
    for (let again = 0; !answer.ok && again < 40; again++) {
      const { problems } = value(await made.plan(text, anHour()));
      process.stderr.write(
        `asked again for a runbook: ${answer.error.message} ${JSON.stringify(problems)}\n`,
      );
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      answer = await ask();
    }
    return value(answer);
  };
  const finish = async (made: Engine, text: { path: string; text: string }, kind: 'resume' | 'apply') => {
    // A resume may tie loose ends first; what is left after that is its second plan.
    for (let round = 0; round < 3; round++) {
      const planned = await made.plan(text, { ...anHour(), job: { kind } });
      if (!planned.ok) {
        expect(planned.error.code).toBe('nothing-interrupted');
        break;
      }
      const { end } = await deployed(made, text, { erase: ['idm-b'], job: { kind } });
      expect(['done', 'unchanged'], JSON.stringify(end.problems)).toContain(end.outcome);
      if (kind === 'apply') break;
    }
    expect(value(await made.plan(text, anHour())).steps).toEqual([]);
    const status = value(await made.status(text, { ...anHour(), wait: true }));
    expect(status.pulls.map((it) => it.health)).toEqual(['replicating', 'replicating']);
  };

  it.concurrent('in containers: killed while a file is replaced, then resumed', async () => {
    const [a, b] = [await started('cut-a'), await started('cut-b')];
    const { made, broken, kept, text } = deskOf(
      'cut',
      engine.folder,
      fleetText(container(a), container(b)).text,
    );
    expect(await broken({ step: '5', kind: 'killed-during' })).toMatchObject({ end: 'killed' });
    // A whole old or a whole new file, as the journal kept them, whatever moment the kill met.
    const left = readFileSync(join(b.folder, 'server.toml'), 'utf8');
    expect(kept('step-5.idm-b.')).toContain(left);
    await finish(made, text, 'resume');
    await made.close();
    expect(engine.docker('ps', '--all', '--filter', 'name=kanilink-lock-cut-', '--quiet')).toBe('');
  });

  it.concurrent(
    'in containers: a server that refuses the new file gets its old one, and the next deploy ends well',
    async () => {
      const [a, b] = [await started('bad-a'), await started('bad-b')];
      const { made, broken, text } = deskOf('bad', engine.folder, fleetText(container(a), container(b)).text);
      const before = readFileSync(join(b.folder, 'server.toml'), 'utf8');
      expect(await broken({ step: '1', kind: 'refuses-new-file' })).toMatchObject({ end: 'rolled-back' });
      expect(readFileSync(join(b.folder, 'server.toml'), 'utf8')).toBe(before);
      await finish(made, text, 'apply');
      await made.close();
    },
  );

  it.concurrent(
    'in containers: a runbook done by hand with Docker’s own client, over TLS and by a context, ends replicating',
    async () => {
      const [a, b] = [await started('hand-a'), await started('hand-b')];
      engine.docker('context', 'create', 'lab', '--docker', `host=${engine.endpoint}`);
      const tls = [`endpoint = "tcp://127.0.0.1:${tlsPort}"`, `certificates = "${certificates.client}"`];
      const servers = fleetText(container(a, ...tls), container(b, 'endpoint = "context://lab"'));
      const { made, text } = deskOf('hand', engine.folder, servers.text);
      const markdown = await runbookOf(made, text);
      const done = await runBlocks(blocksOf(markdown, 'bash'), engine.folder);
      expect(done.failed, done.said).toBe(false);
      expect(done.said).toContain('hold the same data');
      await finish(made, text, 'apply');
      await made.close();
    },
  );

  (('missing' in debian ? it.skip : it.concurrent) as typeof it)(
    'over a real sshd, with sudo and systemd: a runbook done by hand ends replicating',
    async () => {
      const [a, b] = await Promise.all(
        ['hand-c', 'hand-d'].map((name) =>
          startMachine(engine, name, program, {
            service: ['User=kanidm'],
            sudoers: 'ada ALL=(root) NOPASSWD: ALL\n',
          }),
        ),
      );
      if (!a || !b) throw new Error('two machines were started');
      const home = homeThatKnows(engine.folder, 'hand-home', [{ machine: a }, { machine: b }]);
      // OpenSSH looks into the home of who runs it, not into $HOME.
      const known = `known_hosts = "${join(home, '.ssh', 'known_hosts')}"`;
      const { made, text } = deskOf(
        'hand-ssh',
        home,
        fleetText([...over(a), known], [...over(b), known]).text,
      );
      const markdown = await runbookOf(made, text);
      expect(markdown).toContain('through sudo');
      const desk = join(engine.folder, 'hand-desk');
      mkdirSync(desk);
      const done = await runBlocks(blocksOf(markdown, 'bash'), desk);
      expect(done.failed, done.said).toBe(false);
      expect(done.said).toContain('hold the same data');
      await finish(made, text, 'apply');
      await made.close();
    },
  );

  (('missing' in debian ? it.skip : it.concurrent) as typeof it)(
    'over a real sshd, with sudo and systemd: killed after a refresh, then resumed',
    async () => {
      const machines = await Promise.all(
        ['fault-a', 'fault-b'].map((name) =>
          startMachine(engine, name, program, { service: ['User=kanidm'], sudoers: ADA_MAY_ALL }),
        ),
      );
      const [a, b] = machines;
      if (!a || !b) throw new Error('two machines were started');
      const home = homeThatKnows(engine.folder, 'fault-home', [{ machine: a }, { machine: b }]);
      const { made, broken, text } = deskOf('fault', home, fleetText(over(a), over(b)).text);
      expect(await broken({ step: '7', kind: 'killed-after' })).toMatchObject({ end: 'killed' });
      await finish(made, text, 'resume');
      await made.close();
    },
  );
});
