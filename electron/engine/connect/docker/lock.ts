import { fail, ok, type Fault, type Result } from '../../../../shared/result';
import { type Call, type Lock, type LockOwner, STALE_LOCK_MS, type TakeOver } from '../connection';
import { lockFix, mayTakeOver } from '../lock-owner';
import { type At, faultAt } from '../ssh/faults';
import { pause, within } from '../ssh/limits';
import { engineNow } from './clock';
import { type Container, nameOf } from './container';
import type { EngineApi } from './engine-api';
import { LABEL } from './temporary';

/**
 * Locks a container: another one of a name made from its own is created and never started. The engine lets no second one
 * have the name, which makes the lock atomic; its labels say whose it is, its age is the engine's own word.
 */
export async function lockContainer(
  container: Container,
  owner: LockOwner,
  takeOver: TakeOver,
  signal: AbortSignal,
): Promise<Result<Lock>> {
  const seen = await container.inspect(signal);
  if (!seen.ok) return seen;
  const name = `kanilink-lock-${nameOf(seen.value)}`;
  const { api } = container;
  let taken: Fault | null = null;
  for (let tries = 0; tries < TRIES; tries++) {
    const made = await create(api, seen.value.Image, name, owner, signal);
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
    const stale = await isStale(api, held.value, signal);
    if (!stale.ok) return stale;
    if (!mayTakeOver(held.value, owner, takeOver, stale.value))
      return fail(lockedBy(api.at, held.value, stale.value));
    // By its id: a lock that took the place of this one meanwhile is not touched.
    const removed = await remove(api, held.value.id, signal);
    if (!removed.ok) return removed;
  }
  return fail(nameKept(api.at, name, taken?.detail ?? ''));
}

const TRIES = 30;
const PAUSE_MS = 100;
const NAME_TAKEN = 'lock-name-taken';

interface Held {
  readonly id: string;
  readonly createdAt: number;
  readonly who: string;
  readonly host: string;
  readonly deploy: string;
}

function lockOf(api: EngineApi, name: string, id: string): Lock {
  return {
    check: (call: Call) =>
      within(call, api.at, 'looking at the lock', async (signal) => {
        const held = await look(api, name, signal);
        if (!held.ok) return held;
        return held.value?.id === id ? ok(undefined) : fail(lost(api.at, held.value));
      }),
    release: (call: Call) => within(call, api.at, 'releasing the lock', (signal) => remove(api, id, signal)),
  };
}

async function create(
  api: EngineApi,
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
          ? faultAt(api.at, NAME_TAKEN, `${name} is there already`, 'Try again.', { detail: message })
          : null,
    },
    signal,
  );
  return answer.ok ? ok((answer.value as { readonly Id: string }).Id) : answer;
}

/** Null: nobody holds it. */
async function look(api: EngineApi, name: string, signal: AbortSignal): Promise<Result<Held | null>> {
  const answer = await api.json(
    {
      method: 'GET',
      path: `/containers/${encodeURIComponent(name)}/json`,
      doing: 'looking at the lock',
      expected: ({ statusCode }) =>
        statusCode === 404 ? faultAt(api.at, 'no-lock', 'not locked', '') : null,
    },
    signal,
  );
  if (!answer.ok) return answer.error.code === 'no-lock' ? ok(null) : answer;
  const seen = answer.value as {
    readonly Id: string;
    readonly Created: string;
    readonly Config: { readonly Labels?: Readonly<Record<string, string>> | null };
  };
  const label = (key: string): string => seen.Config.Labels?.[`${LABEL}.lock.${key}`] ?? 'unknown';
  return ok({
    id: seen.Id,
    createdAt: Date.parse(seen.Created),
    who: label('who'),
    host: label('host'),
    deploy: label('deploy'),
  });
}

async function remove(api: EngineApi, id: string, signal: AbortSignal): Promise<Result<void>> {
  const removed = await api.json(
    {
      method: 'DELETE',
      path: `/containers/${encodeURIComponent(id)}`,
      query: { v: false, force: true },
      doing: 'removing a lock',
      expected: ({ statusCode }) =>
        statusCode === 404 ? faultAt(api.at, 'no-lock', 'not locked', '') : null,
    },
    signal,
  );
  return removed.ok || removed.error.code === 'no-lock' ? ok(undefined) : removed;
}

/** By the engine's own clock; one that tells no time makes no lock stale. */
async function isStale(api: EngineApi, held: Held, signal: AbortSignal): Promise<Result<boolean>> {
  const now = await engineNow(api, signal);
  if (!now.ok) return now;
  return ok(now.value !== null && now.value - held.createdAt > STALE_LOCK_MS);
}

const lockedBy = (at: At, held: Held, stale: boolean): Fault =>
  faultAt(
    at,
    stale ? 'lock-stale' : 'locked',
    stale
      ? `locked more than an hour ago by ${held.who} on ${held.host}, and not given back`
      : `locked by ${held.who} on ${held.host}, who is deploying to this server`,
    lockFix(stale),
    {
      detail: `who: ${held.who}\nhost: ${held.host}\ndeploy: ${held.deploy}\nsince: ${new Date(held.createdAt).toISOString()} (the engine’s clock)\nstale: ${stale ? 'yes' : 'no'}`,
    },
  );

/** No lock that says whose it is, and yet no lock to be had. */
const nameKept = (at: At, name: string, detail: string): Fault =>
  faultAt(
    at,
    'locked',
    `the name ${name} is taken on the engine, by nothing that can be looked at`,
    'Try again; if it stays so, look at `docker ps --all` there.',
    { detail: `who: unknown\n${detail}` },
  );

const lost = (at: At, held: Held | null): Fault =>
  faultAt(
    at,
    'lock-lost',
    held === null
      ? 'the lock of this server was removed'
      : `${held.who} on ${held.host} has taken the lock of this server over`,
    'Nothing more is changed here. See who is at work, then plan again.',
  );
