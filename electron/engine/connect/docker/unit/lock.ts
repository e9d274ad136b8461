import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import type { Lock, LockOwner, TakeOver } from '../../connection';
import type { Call } from '../../../base/call';
import { lockLost, mayTakeOver, type WrittenOwner } from '../../common/lock-owner';
import { type ServerPlace, faultAt } from '../../common/faults';
import { type HeldLock, lockAll } from '../../common/lock-all';
import { pause, within } from '../../common/limits';
import { engineNow } from '../api/clock';
import { type Container, nameOf } from '../api/container';
import type { DockerApi } from '../api/docker-api';
import { speaksOtherwise } from '../api/faults';
import { created, inspected } from '../api/replies';
import { LABEL } from '../api/label';

/**
 * Locks a container: others, whose names are made from its own and from its id, are created and never started. The engine
 * lets no second one have a name, which makes each of them atomic; its labels say whose it is, its age is the engine's own
 * word. By its name it stays locked when it is made again, by its id when it is given another name.
 */
export async function lockContainer(
  container: Container,
  owner: LockOwner,
  takeOver: TakeOver,
  signal: AbortSignal,
): Promise<Result<Lock>> {
  const seen = await container.inspect(signal);
  if (!seen.ok) return seen;
  const { Id, Image } = seen.value;
  const names = [nameOf(seen.value), Id].map((it) => `kanilink-lock-${it}`);
  const { api } = container;
  const all = await lockAll(names, (name) => lockName(api, Image, name, owner, takeOver, signal));
  if (!all.ok) return all;
  const { check, release } = all.value;
  return ok({
    check: (call: Call) => within(call, api.where, 'looking at the lock', check),
    release: (call: Call) => within(call, api.where, 'releasing the lock', release),
  });
}

async function lockName(
  api: DockerApi,
  image: string,
  name: string,
  owner: LockOwner,
  takeOver: TakeOver,
  signal: AbortSignal,
): Promise<Result<HeldLock>> {
  let taken: Fault | null = null;
  for (let tries = 0; tries < TRIES; tries++) {
    const made = await create(api, image, name, owner, signal);
    if (made.ok) return ok(lockOf(api, name, made.value));
    if (made.error.code !== NAME_TAKEN) return made;
    taken = made.error;
    const held = await look(api, name, signal);
    if (!held.ok) return held;
    if (held.value === null) {
      // Somebody is in the middle of taking or releasing it: the engine keeps a name before it knows the container.
      await pause(PAUSE_MS, signal);
      continue;
    }
    const now = await engineNow(api, signal);
    if (!now.ok) return now;
    const taking = mayTakeOver(held.value, owner, takeOver, now.value, api.where.server);
    if (!taking.ok) return taking;
    // By its id: a lock that took the place of this one meanwhile is not touched.
    const removed = await remove(api, held.value.token, signal);
    if (!removed.ok) return removed;
  }
  return fail(nameKept(api.where, name, taken?.detail ?? ''));
}

const TRIES = 30;
const PAUSE_MS = 100;
const NAME_TAKEN = 'lock-name-taken';

const lockOf = (api: DockerApi, name: string, id: string): HeldLock => ({
  check: async (signal) => {
    const held = await look(api, name, signal);
    if (!held.ok) return held;
    return held.value?.token === id ? ok(undefined) : fail(lockLost(held.value, api.where.server));
  },
  release: (signal) => remove(api, id, signal),
});

async function create(
  api: DockerApi,
  image: string,
  name: string,
  owner: LockOwner,
  signal: AbortSignal,
): Promise<Result<string>> {
  const answer = await api.json(
    {
      method: 'POST',
      path: '/containers/create',
      query: { name },
      body: {
        Image: image,
        Entrypoint: ['/kanilink-lock-is-never-started'],
        Cmd: [],
        Labels: {
          [`${LABEL}.lock.who`]: owner.who,
          [`${LABEL}.lock.host`]: owner.host,
          [`${LABEL}.lock.deploy`]: owner.deploy,
          [`${LABEL}.lock.since`]: String(owner.since),
        },
        NetworkDisabled: true,
        HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'no' } },
      },
      doing: 'locking the server',
      expected: ({ statusCode, message }) =>
        statusCode === 409 || /already in use/i.test(message)
          ? faultAt(api.where, NAME_TAKEN, `${name} is there already`, 'Try again.', { detail: message })
          : null,
    },
    created,
    signal,
  );
  return answer.ok ? ok(answer.value.Id) : answer;
}

/** Null: nobody holds it. The lock's token is the container's id; its `since` is when the engine made it. */
async function look(api: DockerApi, name: string, signal: AbortSignal): Promise<Result<WrittenOwner | null>> {
  const answer = await api.json(
    {
      method: 'GET',
      path: `/containers/${encodeURIComponent(name)}/json`,
      doing: 'looking at the lock',
      expected: ({ statusCode }) =>
        statusCode === 404 ? faultAt(api.where, 'no-lock', 'not locked', '') : null,
    },
    inspected,
    signal,
  );
  if (!answer.ok) return answer.error.code === 'no-lock' ? ok(null) : answer;
  const { Id, Created, Config } = answer.value;
  const since = Date.parse(Created);
  if (!Number.isFinite(since))
    return fail(speaksOtherwise(api.where, 'looking at the lock', `Created: ${JSON.stringify(Created)}`));
  const label = (key: string): string => Config.Labels[`${LABEL}.lock.${key}`] ?? 'unknown';
  return ok({ token: Id, since, who: label('who'), host: label('host'), deploy: label('deploy') });
}

async function remove(api: DockerApi, id: string, signal: AbortSignal): Promise<Result<void>> {
  const removed = await api.done(
    {
      method: 'DELETE',
      path: `/containers/${encodeURIComponent(id)}`,
      query: { v: false, force: true },
      doing: 'removing a lock',
      expected: ({ statusCode }) =>
        statusCode === 404 ? faultAt(api.where, 'no-lock', 'not locked', '') : null,
    },
    signal,
  );
  return removed.ok || removed.error.code === 'no-lock' ? ok(undefined) : removed;
}

/** No lock that says whose it is, and yet no lock to be had. */
const nameKept = (where: ServerPlace, name: string, detail: string): Fault =>
  faultAt(
    where,
    'locked',
    `the name ${name} is taken on the engine, by nothing that can be looked at`,
    'Try again; if it stays so, look at `docker ps --all` there.',
    { detail: `who: unknown\n${detail}` },
  );
