import type Docker from 'dockerode';
import type { FoundContainer } from '../../../../shared/ipc';
import { readVersion } from '../../../../shared/kanidmd/read-output';
import { ok, type Result } from '../../../../shared/result';
import type { Call, Person } from '../connection';
import { within } from '../ssh/limits';
import { Container } from './container';
import { EngineApi } from './engine-api';
import { exec } from './exec';
import { makeDialer } from './make-dialer';
import { looksLikeKanidmd, serverCommand } from './program';
import type { EngineTarget } from './target';

/** Asking a container for its version must not hold the list up. Milliseconds. */
const VERSION_MS = 5_000;

/**
 * The containers of an engine, those that run kanidmd first. Running ones of these are asked for their version by
 * `kanidmd version`, as a probe does; nothing is changed. Kanilink's own (locks, tests under way) are left out.
 */
export async function listContainers(
  target: EngineTarget,
  person: Person,
  call: Call,
): Promise<Result<readonly FoundContainer[]>> {
  const at = { server: target.id, endpoint: target.endpoint };
  const dialer = await makeDialer(target, at, person, call.signal);
  if (!dialer.ok) return dialer;
  const api = new EngineApi(at, dialer.value);
  try {
    const ready = await dialer.value.ready(call);
    if (!ready.ok) return ready;
    return await within(call, at, 'listing containers', async (signal) => {
      const answer = await api.json(
        { method: 'GET', path: '/containers/json', query: { all: true }, doing: 'listing containers' },
        signal,
      );
      if (!answer.ok) return answer;
      const others = (answer.value as Docker.ContainerInfo[]).filter((it) => !isOurs(it));
      const found = await Promise.all(others.map((it) => describe(api, it, signal)));
      return ok(found.sort(kanidmdFirst));
    });
  } finally {
    await api.close();
  }
}

const isOurs = ({ Labels }: Docker.ContainerInfo): boolean =>
  Object.keys(Labels ?? {}).some((label) => label.startsWith('org.kanilink.'));

async function describe(
  api: EngineApi,
  info: Docker.ContainerInfo,
  signal: AbortSignal,
): Promise<FoundContainer> {
  const isKanidmd = looksLikeKanidmd(info.Command, info.Image);
  const version = isKanidmd && info.State === 'running' ? await versionOf(api, info.Id, signal) : null;
  return {
    id: info.Id,
    name: (info.Names?.[0] ?? info.Id).replace(/^\//, ''),
    image: info.Image,
    isKanidmd,
    version: version ?? (isKanidmd ? (/:v?(\d+\.\d+\.\d+\S*)$/.exec(info.Image)?.[1] ?? null) : null),
    state: info.State,
    ports: [...new Set((info.Ports ?? []).flatMap(portText))].sort(),
  };
}

/** Every address of the host is the rule; another one is worth saying. */
function portText({ IP, PublicPort, PrivatePort, Type }: Docker.Port): string[] {
  if (!PublicPort || Type !== 'tcp') return [];
  const everywhere = !IP || IP === '0.0.0.0' || IP === '::';
  return [`${everywhere ? '' : `${IP.includes(':') ? `[${IP}]` : IP}:`}${PublicPort}:${PrivatePort}`];
}

async function versionOf(api: EngineApi, id: string, signal: AbortSignal): Promise<string | null> {
  const call = { signal, timeoutMs: VERSION_MS };
  const output = await within(call, api.at, 'asking for the version', async (limit) => {
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
