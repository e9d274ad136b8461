import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { readLocalText } from '../../../storage/local-file';
import { type ServerPlace, faultAt } from '../../common/faults';
import type { DockerEngineTarget } from './target';

/** A Docker context: a name for an endpoint, kept by `docker context create`. */
export interface DockerContext {
  readonly name: string;
  /** As the context spells it: `ssh://…`, `unix://…`, `tcp://…`. */
  readonly endpoint: string;
  /** Where its TLS files would lie. */
  readonly tlsFolder: string;
  /** The context says not to check the engine's certificate. */
  readonly unchecked: boolean;
}

/** The folder of Docker's own client: `DOCKER_CONFIG`, else `~/.docker`. */
export const dockerFolder = ({ env, home }: Pick<DockerEngineTarget, 'env' | 'home'>): string =>
  env['DOCKER_CONFIG'] || join(home, '.docker');

/** What `default` means to Docker's own client, without `DOCKER_HOST`. */
const DEFAULT_SOCKET = 'unix:///var/run/docker.sock';

/** Finds a context by name. Its folder is the SHA-256 of the name, as Docker's client lays it out. */
export async function readContext(
  folder: string,
  name: string,
  where: ServerPlace,
): Promise<Result<DockerContext>> {
  const id = createHash('sha256').update(name).digest('hex');
  if (name === 'default') return ok({ name, endpoint: DEFAULT_SOCKET, tlsFolder: folder, unchecked: false });
  const context = await readMeta(folder, id);
  if (context !== null && context.name === name) return ok(context);
  const known = await listContexts(folder);
  return fail(
    faultAt(
      where,
      'context-not-found',
      `there is no Docker context ${name} in ${folder}`,
      'Check its name, or write the endpoint itself into the fleet file.',
      { detail: `contexts found: ${known.map((it) => it.name).join(', ') || 'none'}` },
    ),
  );
}

/** All contexts that have a Docker endpoint, `default` first. Unreadable ones are left out. */
export async function listContexts(folder: string): Promise<readonly DockerContext[]> {
  const ids = await readdir(join(folder, 'contexts', 'meta')).catch(() => [] as string[]);
  const read = await Promise.all(ids.map((id) => readMeta(folder, id)));
  const found = read.filter((it) => it !== null).sort((a, b) => a.name.localeCompare(b.name));
  return [{ name: 'default', endpoint: DEFAULT_SOCKET, tlsFolder: folder, unchecked: false }, ...found];
}

const meta = z.object({
  Name: z.string(),
  Endpoints: z.object({
    docker: z.object({ Host: z.string(), SkipTLSVerify: z.boolean().optional() }),
  }),
});

async function readMeta(folder: string, id: string): Promise<DockerContext | null> {
  try {
    const text = await readLocalText(join(folder, 'contexts', 'meta', id, 'meta.json'));
    if (typeof text !== 'string') return null;
    const { Name, Endpoints } = meta.parse(JSON.parse(text));
    return {
      name: Name,
      endpoint: Endpoints.docker.Host,
      tlsFolder: join(folder, 'contexts', 'tls', id, 'docker'),
      unchecked: Endpoints.docker.SkipTLSVerify === true,
    };
  } catch {
    return null;
  }
}
