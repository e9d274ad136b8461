import { hostname } from 'node:os';
import { ownUser } from '../../../base/own-user';
import { isAbsolute, join } from 'node:path';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { type ServerPlace, faultAt, localFileFault } from '../../common/faults';
import { readSshConfig } from './ssh-config-file';
import type { SshTarget } from './target';

/** What ~/.ssh/config says for one host. */
export interface Settings {
  /** The first value of a keyword, in lower case; null: not said. */
  one(keyword: string): string | null;
  all(keyword: string): readonly string[];
  /** What was left out, in words. */
  readonly notes: readonly string[];
}

/** Reads what ~/.ssh/config says for a host; `ssh-config-invalid` when it cannot be read. */
export async function readSettings(
  home: string,
  host: string,
  where: ServerPlace,
): Promise<Result<Settings>> {
  const read = await readSshConfig(home, host);
  if (!read.ok)
    return fail(
      localFileFault(where, read.unusable, {
        code: 'ssh-config-invalid',
        message: `${read.file} on this machine cannot be read`,
        fix: 'Correct it: `ssh -G host` says where.',
      }),
    );
  const computed = read.config.compute(host, { ignoreCase: true, matchExec: false });
  const all = (keyword: string) => [computed[keyword] ?? []].flat();
  return ok({ one: (keyword) => all(keyword)[0] ?? null, all, notes: read.notes });
}

/** The values of the percent tokens (ssh_config(5), TOKENS). */
export interface Tokens {
  /** The host as it is dialled, as it was asked for, and as known_hosts has it. */
  readonly host: string;
  readonly asked: string;
  readonly alias: string;
  readonly port: number;
  readonly user: string;
}

/** Fills in tokens and variables, and makes paths absolute, as ssh does (ssh_config(5), TOKENS, ENVIRONMENT VARIABLES). */
export class Expansion {
  constructor(
    private readonly home: string,
    private readonly env: SshTarget['env'],
    private readonly where: ServerPlace,
  ) {}

  /**
   * A path of ~/.ssh/config: `~`, `%d`, `${NAME}`. A variable that is not set is a fault, as it is for ssh: the path would
   * be another one.
   */
  path(text: string, tokens: Tokens): Result<string> {
    let missing = null as string | null;
    const filled = this.tokens(text, tokens).replace(/\$\{(\w+)\}/g, (_whole, name: string) => {
      const value = this.env[name];
      if (value === undefined || value === '') missing ??= name;
      return value ?? '';
    });
    return missing === null ? ok(this.local(filled)) : fail(this.notSet(missing));
  }

  /** The same for each, up to the first that cannot be filled in. */
  paths(texts: readonly string[], tokens: Tokens): Result<readonly string[]> {
    const paths: string[] = [];
    for (const text of texts) {
      const path = this.path(text, tokens);
      if (!path.ok) return path;
      paths.push(path.value);
    }
    return ok(paths);
  }

  /** Where an agent listens: a path, or `$NAME` for what the variable holds. */
  agent(text: string, tokens: Tokens): Result<string> {
    const name = /^\$(\w+)$/.exec(text)?.[1];
    if (name === undefined) return this.path(text, tokens);
    const value = this.env[name];
    return value === undefined || value === '' ? fail(this.notSet(name)) : ok(value);
  }

  tokens(text: string, { host, asked, alias, port, user }: Tokens): string {
    const values: Readonly<Record<string, string>> = {
      '%': '%',
      d: this.home,
      h: host,
      i: String(ownUser().uid),
      k: alias,
      L: hostname().split('.')[0] ?? '',
      l: hostname(),
      n: asked,
      p: String(port),
      r: user,
      u: localUser(this.env),
    };
    return text.replace(/%([%a-zA-Z])/g, (whole, token: string) => values[token] ?? whole);
  }

  private local(path: string): string {
    if (path === '~' || path.startsWith('~/')) return join(this.home, path.slice(2));
    return isAbsolute(path) ? path : join(this.home, path);
  }

  private notSet(name: string) {
    return faultAt(
      this.where,
      'ssh-config-invalid',
      `~/.ssh/config uses the variable ${name}, which is not set here`,
      'Set it for the program that starts Kanilink (an app started from a menu has other variables than a terminal), or write the path itself.',
    );
  }
}

/** Who logs in where nothing names a user: the person at this desk, as OpenSSH takes it. */
export const localUser = (env: SshTarget['env']): string => env['USER'] || env['LOGNAME'] || ownUser().name;
