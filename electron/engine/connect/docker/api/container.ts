import type { z } from 'zod';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import { type ServerPlace, faultAt } from '../../common/faults';
import type { Use } from './dialer';
import type { DockerApi, Request } from './docker-api';
import { inspected, type Inspected } from './replies';

export type { Inspected };

/**
 * The container of a server, known by its id once it was seen: another container that takes its name is not it. A probe
 * (`rebind`) may take up the new one; everything else then says `container-recreated`.
 */
export class Container {
  private bound: string | null = null;
  /** Whom its processes run as, when it was last looked at. */
  user = '';

  constructor(
    readonly api: DockerApi,
    /** As the fleet file names it. */
    readonly name: string,
  ) {}

  get where(): ServerPlace {
    return this.api.where;
  }

  /** Looks the name up again: whatever container has it now is the server. */
  async rebind(signal: AbortSignal): Promise<Result<Inspected>> {
    this.bound = null;
    return this.inspect(signal);
  }

  /**
   * After what runs this container has started it again: whatever has its name now is it, if `isSame` says so. Another one is
   * not taken up, and everything then says `container-recreated`.
   */
  async follow(isSame: (now: Inspected) => boolean, signal: AbortSignal): Promise<Result<Inspected>> {
    const now = await this.look(this.name, signal);
    if (now.ok && isSame(now.value)) this.bound = now.value.Id;
    return this.inspect(signal);
  }

  /** The container as the engine has it now. */
  async inspect(signal: AbortSignal): Promise<Result<Inspected>> {
    // Docker's own rule for names; it also keeps a name from becoming another path of the API.
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(this.name)) return fail(nameInvalid(this.where, this.name));
    const found = await this.look(this.bound ?? this.name, signal);
    if (found.ok) {
      this.bound ??= found.value.Id;
      return found;
    }
    if (this.bound === null || found.error.code !== 'no-such-container') return found;
    const other = await this.look(this.name, signal);
    return other.ok ? fail(recreated(this.where, this.name)) : other;
  }

  /** The id, looked up at first use. */
  async id(signal: AbortSignal): Promise<Result<string>> {
    if (this.bound !== null) return ok(this.bound);
    const seen = await this.inspect(signal);
    return seen.ok ? ok(seen.value.Id) : seen;
  }

  /** A request about this container that is answered by JSON: `what` is the path after its id. */
  json<T>(
    what: string,
    request: Omit<Request, 'path'>,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<Result<T>> {
    return this.about(what, signal, (path) => this.api.json({ ...request, path }, schema, signal));
  }

  /** A request about it whose answer holds nothing to be read. */
  done(what: string, request: Omit<Request, 'path'>, signal: AbortSignal): Promise<Result<void>> {
    return this.about(what, signal, (path) => this.api.done({ ...request, path }, signal));
  }

  /** A request about it that is answered by a stream. */
  stream(what: string, request: Omit<Request, 'path'>, signal: AbortSignal, use: Use = 'call') {
    return this.about(what, signal, (path) => this.api.stream({ ...request, path }, signal, use));
  }

  private async about<T>(
    what: string,
    signal: AbortSignal,
    ask: (path: string) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const id = await this.id(signal);
    return id.ok ? this.orGone(await ask(`/containers/${id.value}${what}`), signal) : id;
  }

  /** A 404 is about the container when that is gone. */
  private async orGone<T>(result: Result<T>, signal: AbortSignal): Promise<Result<T>> {
    if (result.ok || !/HTTP 404/.test(result.error.message)) return result;
    const there = await this.inspect(signal);
    return there.ok ? result : there;
  }

  private async look(name: string, signal: AbortSignal): Promise<Result<Inspected>> {
    const seen = await this.api.json(
      {
        method: 'GET',
        path: `/containers/${encodeURIComponent(name)}/json`,
        doing: `looking at container ${name}`,
        expected: ({ statusCode }) => (statusCode === 404 ? noSuchContainer(this.where, this.name) : null),
      },
      inspected,
      signal,
    );
    if (seen.ok) this.user = seen.value.Config.User;
    return seen;
  }
}

/** The name without Docker's slash. */
export const nameOf = (seen: Pick<Inspected, 'Name'>): string => seen.Name.replace(/^\//, '');

/** For everything that needs a running process. */
export const containerStopped = (where: ServerPlace, name: string, status: string): Fault =>
  faultAt(
    where,
    'container-stopped',
    `container ${name} does not run (${status})`,
    'Start it; its files can be read and replaced meanwhile, commands cannot run.',
  );

const nameInvalid = (where: ServerPlace, name: string): Fault =>
  faultAt(
    where,
    'container-name-invalid',
    `${JSON.stringify(name)} is not a container’s name`,
    'Write the name that `docker ps` shows.',
  );

const noSuchContainer = (where: ServerPlace, name: string): Fault =>
  faultAt(
    where,
    'no-such-container',
    `there is no container ${name}`,
    'Check its name with `docker ps --all`, and that this is the right engine.',
  );

const recreated = (where: ServerPlace, name: string): Fault =>
  faultAt(
    where,
    'container-recreated',
    `container ${name} is another one than before: it was recreated`,
    'Check the server again, then plan again.',
  );
