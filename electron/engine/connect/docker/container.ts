import type Docker from 'dockerode';
import { fail, ok, type Fault, type Result } from '../../../../shared/result';
import { type At, faultAt } from '../ssh/faults';
import type { EngineApi, Request } from './engine-api';

export type Inspected = Docker.ContainerInspectInfo;

/**
 * The container of a server, known by its id once it was seen: another container that takes its name is not it. A probe
 * (`rebind`) may take up the new one; everything else then says `container-recreated`.
 */
export class Container {
  private bound: string | null = null;

  constructor(
    readonly api: EngineApi,
    /** As the fleet file names it. */
    readonly name: string,
  ) {}

  get at(): At {
    return this.api.at;
  }

  /** Looks the name up anew: whatever container has it now is the server. */
  async rebind(signal: AbortSignal): Promise<Result<Inspected>> {
    this.bound = null;
    return this.inspect(signal);
  }

  /** The container as the engine has it now. */
  async inspect(signal: AbortSignal): Promise<Result<Inspected>> {
    // Docker's own rule for names; it also keeps a name from becoming another path of the API.
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(this.name)) return fail(nameInvalid(this.at, this.name));
    const found = await this.look(this.bound ?? this.name, signal);
    if (found.ok) {
      this.bound ??= found.value.Id;
      return found;
    }
    if (this.bound === null || found.error.code !== 'no-such-container') return found;
    const other = await this.look(this.name, signal);
    return other.ok ? fail(recreated(this.at, this.name)) : other;
  }

  /** The id, looked up at first use. */
  async id(signal: AbortSignal): Promise<Result<string>> {
    if (this.bound !== null) return ok(this.bound);
    const seen = await this.inspect(signal);
    return seen.ok ? ok(seen.value.Id) : seen;
  }

  /** A JSON request about this container: `what` is the path after its id. */
  async json(what: string, request: Omit<Request, 'path'>, signal: AbortSignal): Promise<Result<unknown>> {
    const id = await this.id(signal);
    if (!id.ok) return id;
    return this.orGone(
      await this.api.json({ ...request, path: `/containers/${id.value}${what}` }, signal),
      signal,
    );
  }

  async stream(what: string, request: Omit<Request, 'path'>, signal: AbortSignal) {
    const id = await this.id(signal);
    if (!id.ok) return id;
    return this.orGone(
      await this.api.stream({ ...request, path: `/containers/${id.value}${what}` }, signal),
      signal,
    );
  }

  /** A 404 is about the container when that is gone. */
  private async orGone<T>(result: Result<T>, signal: AbortSignal): Promise<Result<T>> {
    if (result.ok || !/HTTP 404/.test(result.error.message)) return result;
    const there = await this.inspect(signal);
    return there.ok ? result : there;
  }

  private async look(name: string, signal: AbortSignal): Promise<Result<Inspected>> {
    const answer = await this.api.json(
      {
        method: 'GET',
        path: `/containers/${encodeURIComponent(name)}/json`,
        doing: `looking at container ${name}`,
        expected: ({ statusCode }) => (statusCode === 404 ? noSuchContainer(this.at, this.name) : null),
      },
      signal,
    );
    return answer.ok ? ok(answer.value as Inspected) : answer;
  }
}

/** The name without Docker's slash. */
export const nameOf = (seen: Pick<Inspected, 'Name'>): string => seen.Name.replace(/^\//, '');

/** For everything that needs a running process. */
export const containerStopped = (at: At, name: string, status: string): Fault =>
  faultAt(
    at,
    'container-stopped',
    `container ${name} does not run (${status})`,
    'Start it; its files can be read and replaced meanwhile, commands cannot run.',
  );

const nameInvalid = (at: At, name: string): Fault =>
  faultAt(
    at,
    'container-name-invalid',
    `${JSON.stringify(name)} is not a container’s name`,
    'Write the name that `docker ps` shows.',
  );

const noSuchContainer = (at: At, name: string): Fault =>
  faultAt(
    at,
    'no-such-container',
    `there is no container ${name}`,
    'Check its name with `docker ps --all`, and that this is the right engine.',
  );

const recreated = (at: At, name: string): Fault =>
  faultAt(
    at,
    'container-recreated',
    `container ${name} is another one than before: it was recreated`,
    'Check the server again, then plan again.',
  );
