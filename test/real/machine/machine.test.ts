import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { bundleKanidmd } from '../../../practice/kanidmd/conformance/bundle';
import { missing, startEngine, type TestEngine } from '../docker/support/engine';
import { toldUnit } from '../support/told';
import { ADA_MAY_ALL, importDebian, startMachine } from '../systemd/support/machine';
import { debianRootFs } from '../systemd/support/root-fs';
import { faultsHold } from './faults';
import { injectionsHold } from './injections';
import { loginsHold } from './logins';
import { makeWorkbench, type Workbench } from './workbench';

const debian = missing === null ? await debianRootFs() : { missing };

describe.skipIf('missing' in debian)('a systemd machine', () => {
  let engine: TestEngine;
  let program: string;
  let bench: Workbench;

  beforeAll(async () => {
    if ('missing' in debian) return;
    [engine, program] = [await startEngine(), await bundleKanidmd()];
    importDebian(engine, debian.tar);
    const machine = await startMachine(engine, 'metal-w', program, {
      service: ['User=kanidm'],
      sudoers: `${ADA_MAY_ALL}ada ALL=(root) NOPASSWD: /usr/local/bin/told\n`,
      files: toldUnit.files,
      setup: `${toldUnit.setup}\necho 'ada:correct horse' | chpasswd`,
      sshd: 'PasswordAuthentication yes\nMaxStartups 100',
    });
    bench = await makeWorkbench(machine, engine.folder);
  });
  afterAll(async () => {
    await bench?.close();
    await engine?.close();
    if (program) await rm(dirname(program), { recursive: true });
  });

  describe('lets people in', () => loginsHold(() => bench));
  describe('in trouble', () => faultsHold(() => bench));
  describe('takes odd words for words', () => injectionsHold(() => bench));
});
