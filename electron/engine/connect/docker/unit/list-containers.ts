import { isEveryAddress } from '../../../../../shared/server-config/socket-address';
import type { FoundContainer } from '../../../../../shared/ipc';
import { readVersion } from '../../../../../shared/kanidmd/read-output';
import { ok, type Result } from '../../../../../shared/base/result';
import type { Prompter } from '../../connection';
import type { Call } from '../../../base/call';
import { within } from '../../common/limits';
import { Container } from '../api/container';
import { DockerApi } from '../api/docker-api';
import { exec } from './exec';
import { type DockerEngineOptions, leaseDockerEngine } from '../api/docker-engines';
import { looksLikeKanidmd, serverCommand } from '../inspect/program';
import { listed, type Listed } from '../api/replies';
import type { DockerEngineTarget } from '../api/target';

/** Asking a container for its version must not hold the list up. Milliseconds. */
const VERSION_MS = 5_000;

/**
 * The containers of an engine, those that run kanidmd first. Running ones of these are asked for their version by
 * `kanidmd version`, as a probe does; nothing is changed. Kanilink's own (locks, tests under way) are left out.
 */
export async function listContainers(
  target: DockerEngineTarget,
  prompter: Prompter,
  call: Call,
  options: DockerEngineOptions,
): Promise<Result<readonly FoundContainer[]>> {
  const where = { server: target.id, endpoint: target.endpoint };
  const lease = await leaseDockerEngine(target, prompter, call, options);
  if (!lease.ok) return lease;
  const api = new DockerApi(where, lease.value.engine);
  try {
    const ready = await api.dialer.ready(call);
    if (!ready.ok) return ready;
    return await within(call, where, 'listing containers', async (signal) => {
      const answer = await api.json(
        { method: 'GET', path: '/containers/json', query: { all: true }, doing: 'listing containers' },
        listed,
        signal,
      );
      if (!answer.ok) return answer;
      const others = answer.value.filter((it) => !isOurs(it));
      const found = await Promise.all(others.map((it) => describe(api, it, signal)));
      return ok(found.sort(kanidmdFirst));
    });
  } finally {
    await lease.value.release();
  }
}

const isOurs = ({ Labels }: Listed): boolean =>
  Object.keys(Labels).some((label) => label.startsWith('org.kanilink.'));

async function describe(api: DockerApi, info: Listed, signal: AbortSignal): Promise<FoundContainer> {
  const isKanidmd = looksLikeKanidmd(info.Command, info.Image);
  const version = isKanidmd && info.State === 'running' ? await versionOf(api, info.Id, signal) : null;
  return {
    id: info.Id,
    name: (info.Names[0] ?? info.Id).replace(/^\//, ''),
    image: info.Image,
    isKanidmd,
    version:
      version ?? (isKanidmd ? (/:v?(\d+\.\d+\.\d+(?:[^\s\d]\S*)?)$/.exec(info.Image)?.[1] ?? null) : null),
    state: info.State,
    ports: [...new Set(info.Ports.flatMap(portText))].sort(),
  };
}

/** Every address of the host is the rule; another one is worth saying. */
function portText({ IP, PublicPort, PrivatePort, Type }: Listed['Ports'][number]): string[] {
  if (!PublicPort || Type !== 'tcp') return [];
  const everywhere = !IP || isEveryAddress(IP);
  return [`${everywhere ? '' : `${IP.includes(':') ? `[${IP}]` : IP}:`}${PublicPort}:${PrivatePort}`];
}

async function versionOf(api: DockerApi, id: string, signal: AbortSignal): Promise<string | null> {
  const call = { signal, timeoutMs: VERSION_MS };
  const output = await within(call, api.where, 'asking for the version', async (limit) => {
    const container = new Container(api, id);
    const seen = await container.inspect(limit);
    return seen.ok
      ? exec(container, seen.value, [...serverCommand(seen.value).program, 'version'], limit)
      : seen;
  });
  const version = output.ok ? readVersion(output.value) : output;
  return version.ok ? version.value : null;
}

const kanidmdFirst = (a: FoundContainer, b: FoundContainer): number =>
  Number(b.isKanidmd) - Number(a.isKanidmd) || a.name.localeCompare(b.name);
