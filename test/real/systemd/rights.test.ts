import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { bundleKanidmd } from '../../../practice/kanidmd/conformance/bundle';
import { missing, startEngine, type TestEngine } from '../docker/support/engine';
import { importDebian } from './support/machine';
import { debianRootFs } from './support/root-fs';
import { attacksFail } from './rights/attacks';
import { helperDeploys } from './rights/main-job';
import { makeScene, type Scene } from './rights/scene';

const debian = missing === null ? await debianRootFs() : { missing };

describe.skipIf('missing' in debian)('rights on real systemd machines', { timeout: 400_000 }, () => {
  let engine: TestEngine;
  let program: string;
  let scene: Scene;

  beforeAll(async () => {
    if ('missing' in debian) return;
    program = await bundleKanidmd();
    engine = await startEngine();
    importDebian(engine, debian.tar);
    scene = await makeScene(engine, program);
  });
  afterAll(async () => {
    await scene?.close();
    await engine?.close();
    if (program) await rm(dirname(program), { recursive: true });
  });

  describe('a login that may run the helper alone', () => helperDeploys(() => scene));
  describe('whoever attacks', () => attacksFail(() => scene));
});
