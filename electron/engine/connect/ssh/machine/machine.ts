import { believedTime } from '../../common/server-clock';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import type { Output } from '../../connection';
import { wallNow } from '../../../base/time';
import { type ServerPlace, faultAt } from '../../common/faults';
import { type Identity, ROOT, runningAs } from './identity';
import { findRights, type Rights, SUDO } from './rights';
import { asText, type RawOutput, run, type RunOptions } from '../session/run';
import { besideUnit, type ServiceUser, serviceUser } from './service-user';
import type { SshSession } from '../session/session';

/** Says what a login that lacks a right can do about it. */
export type HowToAllow = (server: string) => string;

/**
 * The server's programs, each run by whom it is to be run: the login, root, or the user whose folder it works in. Kept as
 * long as its connection, so that who may do what is asked once.
 */
export class Machine {
  private found: Rights | null = null;
  private service: ServiceUser | null = null;

  constructor(
    readonly where: ServerPlace,
    /** With its suffix. */
    readonly unit: string,
    /** Through `sudo -n`. */
    readonly sudo: boolean,
    private readonly session: (signal: AbortSignal) => Promise<Result<SshSession>>,
    private readonly howToAllow: HowToAllow,
  ) {}

  /** Runs a program as the user who logged in. */
  async run(argv: readonly string[], signal: AbortSignal, options?: RunOptions): Promise<Result<Output>> {
    const raw = await this.raw(argv, signal, options);
    return raw.ok ? ok(asText(raw.value)) : raw;
  }

  /** What the login may do. */
  async rights(signal: AbortSignal): Promise<Result<Rights>> {
    if (this.found !== null) return ok(this.found);
    const found = await findRights(this.where, this.sudo, (argv) => this.raw(argv, signal));
    if (found.ok) this.found = found.value;
    return found;
  }

  /** Who runs the unit. */
  async serviceUser(signal: AbortSignal): Promise<Result<ServiceUser>> {
    if (this.service !== null) return ok(this.service);
    const found = await serviceUser(this.where, this.unit, (argv, limit) => this.look(argv, limit), signal);
    if (found.ok) this.service = found.value;
    return found;
  }

  /** The unit was started again, or may have been: a dynamic user may be another one. */
  forgetServiceUser(): void {
    if (this.service !== null && this.service.dynamic !== null) this.service = null;
  }

  /** Looks at what only root may see, where the login has root's rights; else as the login. Changes nothing. */
  async look(argv: readonly string[], signal: AbortSignal): Promise<Result<Output>> {
    const rights = await this.rights(signal);
    if (!rights.ok) return rights;
    return this.run([...(rights.value.kind === 'root' ? (rights.value.asRoot ?? []) : []), ...argv], signal);
  }

  /** Runs a program as somebody, root included. */
  async as(
    who: Identity,
    argv: readonly string[],
    signal: AbortSignal,
    options?: RunOptions,
  ): Promise<Result<Output>> {
    const raw = await this.rawAs(who, argv, signal, options);
    return raw.ok ? ok(asText(raw.value)) : raw;
  }

  async rawAs(
    who: Identity,
    argv: readonly string[],
    signal: AbortSignal,
    options?: RunOptions,
  ): Promise<Result<RawOutput>> {
    const rights = await this.rights(signal);
    if (!rights.ok) return rights;
    const words = wordsFor(rights.value, who, argv);
    if (words === null) return this.lacking(argv, '');
    const raw = await this.raw(words, signal, options);
    if (!raw.ok || words[0] !== 'sudo') return raw;
    const said = sudoRefusal(raw.value);
    return said === null ? raw : this.lacking(argv, said);
  }

  /**
   * Runs a program as the service: as its user, and for one that systemd makes up in a unit beside it, for only there such
   * a user sees their own folders.
   * @param writable a folder beside the service's own that it writes into.
   */
  async asService(
    service: ServiceUser,
    argv: readonly string[],
    signal: AbortSignal,
    writable: string | null = null,
    options?: RunOptions,
  ): Promise<Result<Output>> {
    return service.dynamic === null
      ? this.as(service.identity, argv, signal, options)
      : this.as(ROOT, [...besideUnit(service.dynamic, writable), ...argv], signal, options);
  }

  /** Runs a program through sudo, whatever the login may do else. */
  async bySudo(
    argv: readonly string[],
    signal: AbortSignal,
    options?: RunOptions,
  ): Promise<Result<RawOutput>> {
    const raw = await this.raw([...SUDO, ...argv], signal, options);
    if (!raw.ok) return raw;
    const said = sudoRefusal(raw.value);
    return said === null ? raw : this.lacking(argv, said);
  }

  /** Runs a program as root. */
  runAsRoot(argv: readonly string[], signal: AbortSignal, options?: RunOptions): Promise<Result<Output>> {
    return this.as(ROOT, argv, signal, options);
  }

  /** What sudo is put before, for what reads only. */
  get prefix(): readonly string[] {
    return this.sudo ? SUDO : [];
  }

  /** The server's clock, milliseconds since the epoch; null when `date` says something odd. */
  async now(signal: AbortSignal): Promise<Result<number | null>> {
    const date = await this.run(['date', '+%s.%N'], signal);
    if (!date.ok) return date;
    // Busybox leaves `%N` as it is.
    const text = date.value.stdout.trim().replace(/\.%?N$/, '');
    return ok(/^\d+(\.\d+)?$/.test(text) ? believedTime(Number(text) * 1000, wallNow()) : null);
  }

  private async raw(
    argv: readonly string[],
    signal: AbortSignal,
    options?: RunOptions,
  ): Promise<Result<RawOutput>> {
    const session = await this.session(signal);
    return session.ok ? run(session.value, argv, signal, options) : session;
  }

  private lacking(argv: readonly string[], said: string): Result<never> {
    return fail(sudoRefused(this.where, argv, said, this.howToAllow(this.where.server)));
  }
}

/** What makes somebody run a program; null: the login cannot run anything as them. */
function wordsFor(rights: Rights, who: Identity, argv: readonly string[]): readonly string[] | null {
  // A user without root's rights works as themselves, whatever sudo makes of that.
  if (rights.kind === 'own') return [...(rights.asRoot ?? []), ...argv];
  if (who.uid === rights.uid) return argv;
  if (rights.asRoot !== null) return [...rights.asRoot, ...(who.uid === 0 ? argv : runningAs(who, argv))];
  return who.name === null || who.uid === 0 ? null : ['sudo', '-n', '-u', who.name, '--', ...argv];
}

/**
 * The fault `sudo-refused`: the program did not run.
 * @param said what sudo printed, kept as the detail.
 */
export const sudoRefused = (where: ServerPlace, argv: readonly string[], said: string, fix: string): Fault =>
  faultAt(where, 'sudo-refused', `sudo does not run ${argv[0] ?? ''} without a password`, fix, {
    detail: said,
  });

/** sudo speaks for itself on stderr; whatever it says there, the program did not run. */
function sudoRefusal(output: RawOutput): string | null {
  if (output.exitCode !== 1 && output.exitCode !== 127) return null;
  const said = output.stderr.toString('utf8');
  if (!/^sudo: /m.test(said) || /^sudo: .*command not found/m.test(said)) return null;
  return said.trim();
}
