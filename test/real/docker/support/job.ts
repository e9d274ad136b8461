import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createEngine } from '../../../../electron/engine/create-engine';
import type { Engine } from '../../../../electron/engine/api/engine';
import type { StatusReport } from '../../../../shared/observed/status';
import { value } from '../../../support/results';
import { call, person } from '../../../ssh/sshd';

/** The real engine with a home and a journal folder of its own. */
export function engineOf(home: string): { readonly engine: Engine; close(): Promise<void> } {
  const configDir = mkdtempSync(join(tmpdir(), 'kanilink-journal-'));
  const engine = createEngine({
    home,
    // What a developer's shell may say must not matter.
    env: { DOCKER_HOST: 'tcp://192.0.2.1:2375' },
    configDir,
    prompter: person(),
    log: () => undefined,
    practiceProgram: [],
  });
  return {
    engine,
    close: async () => {
      await engine.close();
      rmSync(configDir, { recursive: true });
    },
  };
}

/** A fleet of two, `idm-a` supplying `idm-b`, each server as its lines say. */
export const fleetText = (a: readonly string[], b: readonly string[]) => ({
  path: null,
  text: `version = 1
name = "Real"

[[server]]
id = "idm-a"
${a.join('\n')}

[[server]]
id = "idm-b"
${b.join('\n')}

[[link]]
supplier = "idm-a"
consumer = "idm-b"
`,
});

/**
 * The main job: plan, deploy with the consumer named, see both pulls replicate, and find nothing more to do.
 * @returns the last status.
 */
export async function pairAndProve(
  engine: Engine,
  fleet: ReturnType<typeof fleetText>,
): Promise<StatusReport> {
  const plan = value(await engine.plan(fleet, call(60_000)));
  const errors = plan.problems.filter((problem) => problem.severity === 'error');
  expect(errors).toEqual([]);
  expect(plan.blocked).toBe(false);
  expect(plan.steps.flatMap((step) => step.erases)).toEqual(['idm-b']);
  const said: string[] = [];
  let outcome: unknown = null;
  const consent = { fingerprint: plan.fingerprint, erase: ['idm-b'] };
  for await (const event of engine.deploy(fleet, consent, new AbortController().signal)) {
    said.push(JSON.stringify(event));
    if (event.kind === 'finished') outcome = event.outcome;
  }
  expect(outcome, said.join('\n')).toBe('done');
  const report = await untilReplicating(engine, fleet);
  expect(value(await engine.plan(fleet, call(60_000))).steps).toEqual([]);
  return report;
}

async function untilReplicating(engine: Engine, fleet: ReturnType<typeof fleetText>): Promise<StatusReport> {
  const limit = AbortSignal.timeout(150_000);
  for await (const report of engine.watch(fleet, limit)) {
    if (report.pulls.length === 2 && report.pulls.every((pull) => pull.health === 'replicating'))
      return report;
  }
  throw new Error('the pulls did not replicate within two and a half minutes');
}
