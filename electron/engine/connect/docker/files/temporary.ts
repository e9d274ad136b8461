import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import { Container, type Inspected } from '../api/container';
import type { DockerApi } from '../api/docker-api';
import { faultAt } from '../../common/faults';
import { LABEL } from '../api/label';
import { created } from '../api/replies';
import { RUN_LABEL, sweep, thisRun } from './sweep';

/** For clearing up, which has its own limit: the call's may be what is over. Milliseconds. */
const CLEAN_UP_MS = 15_000;

/** What a temporary container is made of. */
export interface Recipe {
  readonly entrypoint: readonly string[];
  readonly args: readonly string[];
  readonly env?: readonly string[];
  readonly host?: Readonly<Record<string, unknown>>;
  /** What it means that it could not be removed although its work was done. */
  readonly leftBehindIs: 'fault' | 'nothing';
}

/**
 * Makes a container from the same image as the server's, without a network, lends it out, and removes it whatever
 * happened. Volumes are never removed with it: a volume it borrows may be the server's database.
 */
export async function withTemporary<T>(
  api: DockerApi,
  seen: Inspected,
  recipe: Recipe,
  doing: string,
  signal: AbortSignal,
  use: (container: Container) => Promise<Result<T>>,
): Promise<Result<T>> {
  // What cannot be looked for now is looked for the next time: it must not keep this from being done.
  await sweep(api, signal);
  const made = await api.json(
    {
      method: 'POST',
      path: '/containers/create',
      body: {
        Image: seen.Image,
        Entrypoint: recipe.entrypoint,
        Cmd: recipe.args,
        Env: recipe.env ?? [],
        User: seen.Config.User,
        WorkingDir: seen.Config.WorkingDir,
        Labels: { [`${LABEL}.temporary`]: 'true', [RUN_LABEL]: await thisRun() },
        Healthcheck: { Test: ['NONE'] },
        AttachStdin: false,
        Tty: false,
        NetworkDisabled: true,
        HostConfig: {
          NetworkMode: 'none',
          AutoRemove: false,
          RestartPolicy: { Name: 'no' },
          GroupAdd: seen.HostConfig.GroupAdd,
          UsernsMode: seen.HostConfig.UsernsMode,
          LogConfig: { Type: 'json-file', Config: {} },
          SecurityOpt: sameSelinuxLevel(seen),
          ...recipe.host,
        },
      },
      doing,
      patient: true,
    },
    created,
    signal,
  );
  if (!made.ok) return made;
  const { Id: id } = made.value;
  let removed: Result<void> = ok(undefined);
  let used: Result<T>;
  try {
    used = await use(new Container(api, id));
  } finally {
    // Also when an exception passes by.
    removed = await remove(api, id, doing);
  }
  // What was replaced is replaced: its helper is nothing but a name, and goes with the next sweep.
  return used.ok && !removed.ok && recipe.leftBehindIs === 'fault'
    ? fail(containerOrphaned(api, id, removed.error))
    : used;
}

const containerOrphaned = (api: DockerApi, id: string, fault: Fault): Fault =>
  faultAt(
    api.where,
    'temporary-left',
    `the temporary container ${id.slice(0, 12)} could not be removed`,
    `Remove it there: docker rm --force ${id.slice(0, 12)}. Then try again.`,
    { detail: `${fault.message}\n${fault.detail ?? ''}`.trim() },
  );

async function remove(api: DockerApi, id: string, doing: string): Promise<Result<void>> {
  const removed = await api.done(
    {
      method: 'DELETE',
      path: `/containers/${encodeURIComponent(id)}`,
      query: { force: true, v: false },
      doing: `removing the temporary container (${doing})`,
    },
    AbortSignal.timeout(CLEAN_UP_MS),
  );
  return !removed.ok && /HTTP 404/.test(removed.error.message) ? ok(undefined) : removed;
}

/** SELinux lets a container read another's private volumes only at the same level: `system_u:…:s0:c1,c2`. */
function sameSelinuxLevel(seen: Inspected): readonly string[] {
  const level = /^[^:]*:[^:]*:[^:]*:(s\d.*)$/.exec(seen.ProcessLabel)?.[1];
  return level === undefined ? [] : [`label=level:${level}`];
}
