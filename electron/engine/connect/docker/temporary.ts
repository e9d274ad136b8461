import { ok, type Result } from '../../../../shared/result';
import { Container, type Inspected } from './container';
import type { EngineApi } from './engine-api';

/** For clearing up, which has its own limit: the call's may be what is over. Milliseconds. */
const CLEAN_UP_MS = 15_000;

/** The label of everything Kanilink makes on an engine. */
export const LABEL = 'org.kanilink';

/** What a temporary container is made of. */
export interface Recipe {
  readonly entrypoint: readonly string[];
  readonly args: readonly string[];
  readonly env?: readonly string[];
  readonly host?: Readonly<Record<string, unknown>>;
}

/**
 * Makes a container from the same image as the server's, without a network, lends it out, and removes it whatever
 * happened. Volumes are never removed with it: a volume it borrows may be the server's database.
 */
export async function withTemporary<T>(
  api: EngineApi,
  seen: Inspected,
  recipe: Recipe,
  doing: string,
  signal: AbortSignal,
  use: (container: Container) => Promise<Result<T>>,
): Promise<Result<T>> {
  const created = await api.json(
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
        Labels: { [`${LABEL}.temporary`]: 'true' },
        Healthcheck: { Test: ['NONE'] },
        AttachStdin: false,
        Tty: false,
        NetworkDisabled: true,
        HostConfig: {
          NetworkMode: 'none',
          AutoRemove: false,
          RestartPolicy: { Name: 'no' },
          GroupAdd: seen.HostConfig.GroupAdd ?? [],
          UsernsMode: seen.HostConfig.UsernsMode ?? '',
          LogConfig: { Type: 'json-file', Config: {} },
          SecurityOpt: sameSelinuxLevel(seen),
          ...recipe.host,
        },
      },
      doing,
    },
    signal,
  );
  if (!created.ok) return created;
  const { Id: id } = created.value as { readonly Id: string };
  let used: Result<T>;
  try {
    used = await use(new Container(api, id));
  } finally {
    // Also when an exception passes by.
    await remove(api, id, doing);
  }
  return used;
}

async function remove(api: EngineApi, id: string, doing: string): Promise<Result<void>> {
  const removed = await api.json(
    {
      method: 'DELETE',
      path: `/containers/${encodeURIComponent(id)}`,
      query: { force: true, v: false },
      doing: `removing the temporary container (${doing})`,
    },
    AbortSignal.timeout(CLEAN_UP_MS),
  );
  return removed.ok ? ok(undefined) : removed;
}

/** SELinux lets a container read another's private volumes only at the same level: `system_u:…:s0:c1,c2`. */
function sameSelinuxLevel(seen: Inspected): readonly string[] {
  const level = /^[^:]*:[^:]*:[^:]*:(s\d.*)$/.exec(seen.ProcessLabel ?? '')?.[1];
  return level === undefined ? [] : [`label=level:${level}`];
}
