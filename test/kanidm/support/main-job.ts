import { statSync } from 'node:fs';
import { expect } from 'vitest';
import { ask } from './desk';
import { type Lab, until } from './lab';
import type { Pair } from './pair';
import { knows, logIn, makePerson, recover } from './people';
import { tomlOf } from './server';
import {
  BOTH_REPLICATE,
  codesOf,
  type Comparisons,
  erasedBy,
  errorsOf,
  type Outcome,
  type Plan,
  pullsOf,
  type Status,
} from './words';

/** Seconds that something took, said once it has ended. */
export async function timed<T>(what: string, run: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await run();
  process.stderr.write(`  ${what}: ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  return result;
}

/** A token of idm-a's administrator, with which `before` was made there. */
export async function somebodyOnA({ a }: Pick<Pair, 'a'>): Promise<string> {
  const token = await logIn(a, await recover(a));
  if (token === null) throw new Error('the password that kanidmd printed is not accepted');
  await makePerson(a, token, 'before');
  return token;
}

/** `kanidmd` can back up a running server from 1.9 on, which a comparison needs. */
export const canCompare = (version: string): boolean =>
  Number(version.split('.')[1]) >= 9 || Number(version.split('.')[0]) > 1;

/**
 * What a person does with two servers that are not linked yet: looks, plans, deploys, looks again; then people made on
 * either server are on the other. @param title what the times are said of.
 */
export async function deployPair(pair: Pair, title: string): Promise<{ readonly token: string }> {
  const token = await somebodyOnA(pair);
  const files = [pair.a, pair.b].map(tomlOf);
  expect(errorsOf(await pair.ask<Plan>(0, 'check'))).toEqual([]);
  const unlinked = await pair.ask<Status>(2, 'status');
  expect(unlinked.servers.map(({ state }) => state)).toEqual(['running', 'running']);
  expect(unlinked.pulls.map(({ health }) => health)).not.toContain('replicating');
  const plan = await pair.ask<Plan>(2, 'plan');
  expect(errorsOf(plan)).toEqual([]);
  expect(erasedBy(plan)).toEqual(['idm-b']);
  const refused = await pair.ask<Outcome>(1, 'apply', '--yes');
  expect([refused.result, codesOf(refused)]).toEqual([
    'refused',
    expect.arrayContaining(['erase-not-named']),
  ]);
  expect([pair.a, pair.b].map(tomlOf)).toEqual(files);

  const done = await timed(`${title}: deploy`, () =>
    pair.ask<Outcome>(0, 'apply', '--yes', '--erase', 'idm-b'),
  );
  expect(done.result).toBe('done');
  await timed(`${title}: status`, async () =>
    expect(pullsOf(await pair.ask<Status>(0, 'status'))).toEqual(BOTH_REPLICATE),
  );
  expect((await pair.ask<Plan>(0, 'plan')).steps).toEqual([]);
  await dataFlows(pair, token);
  return { token };
}

/** What was on a before is on b, and what is made on b arrives on a. */
export async function dataFlows({ a, b }: Pick<Pair, 'a' | 'b'>, token: string): Promise<void> {
  expect(await knows(b, token, 'before')).toBe(true);
  const name = `on_b_${Math.trunc(performance.now())}`;
  await makePerson(b, token, name);
  await until(
    () => knows(a, token, name),
    () => `${name} did not reach ${a.host}`,
  );
}

/** Both hold the same data, proved by backups. */
export async function same(pair: Pair): Promise<void> {
  const { comparisons } = await pair.ask<Comparisons>(0, 'compare');
  expect(comparisons.map(({ result }) => result)).toEqual(['same']);
}

/** A new certificate for idm-a, pinned at idm-b. */
export async function renewA(pair: Pair, title: string): Promise<void> {
  const fingerprint = async () => {
    const { servers } = await pair.ask<Status>(0, 'status');
    return servers.find(({ id }) => id === 'idm-a')?.certificate?.fingerprint;
  };
  const old = await fingerprint();
  const renewed = await timed(`${title}: renewal`, () =>
    pair.ask<Outcome>(0, 'renew', '--server', 'idm-a', '--yes'),
  );
  expect([renewed.result, erasedBy(renewed)]).toEqual(['done', []]);
  expect(await fingerprint()).not.toBe(old);
  expect((await pair.ask<Plan>(0, 'plan')).steps).toEqual([]);
}

/** A fleet file made from the servers as they run describes them: nothing is left to deploy. */
export async function adoptPair({ desk, a, b }: Pair, lab: Lab): Promise<void> {
  const endpoints = [a, b].map(({ container }) => `${lab.engine.endpoint}#${container}`);
  const made = await ask<{
    readonly changes: boolean | null;
    readonly servers: readonly { readonly id: string }[];
  }>(desk, 0, ...['adopt', ...endpoints, '--output', 'adopted.toml', '--primary', a.container]);
  expect(made).toMatchObject({ changes: false, servers: [{ id: a.container }, { id: b.container }] });
}

/** Files keep owner, mode and what a person wrote; nothing of Kanilink is left but backups. */
export async function nothingLeft(pair: Pair, lab: Lab, uid: number): Promise<void> {
  for (const server of [pair.a, pair.b]) {
    const { uid: owner, gid, mode } = statSync(server.toml);
    expect([owner, gid, mode & 0o7777]).toEqual([uid, uid, 0o640]);
    expect(tomlOf(server)).toContain(`# ${server.container}, made by hand`);
    const restarts = await lab.docker('inspect', '--format', '{{.RestartCount}}', server.container);
    expect(restarts).toBe('0');
    expect(await lab.docker('ps', '--all', '--quiet', '--filter', `name=kanilink.*${server.container}`)).toBe(
      '',
    );
  }
}
