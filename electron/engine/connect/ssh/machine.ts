import { fail, ok, type Fault, type Result } from '../../../../shared/result';
import type { Output } from '../connection';
import { type At, faultAt } from './faults';
import { asText, type RawOutput, run, type RunOptions } from './run';
import type { SshSession } from './session';
import { howToAllow } from './sudoers';
import type { DeployPaths } from './sudoers-lines';

/** The server's programs, for the length of one call. */
export class Machine {
  constructor(
    readonly at: At,
    /** With its suffix. */
    readonly unit: string,
    /** Through `sudo -n`. */
    readonly sudo: boolean,
    private readonly session: (signal: AbortSignal) => Promise<Result<SshSession>>,
    /** What is known by now of where a deploy works, for whoever has to allow it in sudoers. */
    private readonly paths: () => DeployPaths | null,
  ) {}

  /** Runs a program as the user who logged in. */
  async run(argv: readonly string[], signal: AbortSignal): Promise<Result<Output>> {
    const raw = await this.raw(argv, signal);
    return raw.ok ? ok(asText(raw.value)) : raw;
  }

  /** Runs a program with the rights the fleet asks for. */
  async runAsRoot(
    argv: readonly string[],
    signal: AbortSignal,
    options?: RunOptions,
  ): Promise<Result<Output>> {
    const raw = await this.rawAsRoot(argv, signal, options);
    return raw.ok ? ok(asText(raw.value)) : raw;
  }

  async rawAsRoot(
    argv: readonly string[],
    signal: AbortSignal,
    options?: RunOptions,
  ): Promise<Result<RawOutput>> {
    const raw = await this.raw([...this.prefix, ...argv], signal, options);
    if (!raw.ok || !this.sudo) return raw;
    const refusal = sudoRefusal(this.at, argv, raw.value);
    if (refusal === null) return raw;
    if (refusal.code !== 'sudo-refused') return fail(refusal);
    const fix = await howToAllow((words, limit) => this.run(words, limit), argv, this.paths(), signal);
    return fail(fix.ok ? { ...refusal, fix: fix.value } : refusal);
  }

  get prefix(): readonly string[] {
    // Without the dashes a program named like an option, or like an assignment, would be sudo's.
    return this.sudo ? ['sudo', '-n', '--'] : [];
  }

  /**
   * The server's clock minus ours in milliseconds, half the round trip taken off; of a few readings the quickest, for the
   * error is at most half of it. Null when `date` says something odd.
   */
  async clockOffset(signal: AbortSignal): Promise<Result<number | null>> {
    let best: { readonly roundTrip: number; readonly offset: number } | null = null;
    for (let reading = 0; reading < 3; reading++) {
      const asked = Date.now();
      const date = await this.run(['date', '+%s.%N'], signal);
      if (!date.ok) return date;
      const answered = Date.now();
      // Busybox leaves `%N` as it is.
      const text = date.value.stdout.trim().replace(/\.%?N$/, '');
      if (!/^\d+(\.\d+)?$/.test(text)) return ok(null);
      const roundTrip = answered - asked;
      if (best === null || roundTrip < best.roundTrip)
        best = { roundTrip, offset: Math.round(Number(text) * 1000 - (asked + answered) / 2) };
    }
    return ok(best?.offset ?? null);
  }

  private async raw(
    argv: readonly string[],
    signal: AbortSignal,
    options?: RunOptions,
  ): Promise<Result<RawOutput>> {
    const session = await this.session(signal);
    return session.ok ? run(session.value, argv, signal, options) : session;
  }
}

/** sudo speaks for itself on stderr; whatever it says there, the program did not run. */
function sudoRefusal(at: At, argv: readonly string[], output: RawOutput): Fault | null {
  if (output.exitCode !== 1 && output.exitCode !== 127) return null;
  const said = output.stderr.toString('utf8');
  if (output.exitCode === 127 && /sudo: (command )?not found|sudo: No such file/.test(said))
    return faultAt(at, 'sudo-missing', 'there is no sudo on the server', 'Install it, or connect as root.', {
      detail: said.trim(),
    });
  if (!/^sudo: /m.test(said) || /^sudo: .*command not found/m.test(said)) return null;
  return faultAt(
    at,
    'sudo-refused',
    `sudo does not run ${argv[0] ?? ''} without a password`,
    'Allow it in sudoers, or connect as root.',
    { detail: said.trim() },
  );
}
