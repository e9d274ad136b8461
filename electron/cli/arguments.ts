import { parseArgs } from 'node:util';
import type { LogLevel } from '../../shared/log-levels';
import type { Command } from './commands';

/** What a call asks for, read from its arguments. */
export interface Invocation {
  /** The fleet file as written; empty for commands that take none. */
  readonly fleet: string;
  /** Servers to adopt, as written. */
  readonly endpoints: readonly string[];
  /** The fleet file to make. */
  readonly output: string | null;
  /** Ids of servers whose data wins. */
  readonly primary: readonly string[];
  readonly json: boolean;
  readonly yes: boolean;
  readonly erase: readonly string[];
  readonly server: string | null;
  /** Take locks over that are an hour old. */
  readonly takeOver: boolean;
  /** A past deploy's id. */
  readonly deploy: string | null;
  readonly follow: boolean;
  /** How much of the logs is shown; null: nobody said. */
  readonly only: LogLevel | null;
  /** Where the plan goes as Markdown; null: nowhere. */
  readonly runbook: string | null;
  readonly servers: number;
  /** Null: the platform's own place. */
  readonly configDir: string | null;
}

export const LEAST_SERVERS = 2;
export const MOST_SERVERS = 8;

const everywhere = ['json', 'config-dir', 'help'];
const options = {
  json: { type: 'boolean' },
  yes: { type: 'boolean' },
  erase: { type: 'string', multiple: true },
  server: { type: 'string' },
  'take-over': { type: 'boolean' },
  deploy: { type: 'string' },
  output: { type: 'string' },
  primary: { type: 'string', multiple: true },
  follow: { type: 'boolean' },
  only: { type: 'string' },
  runbook: { type: 'string' },
  servers: { type: 'string' },
  'config-dir': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads a command's arguments. @returns a complaint in one sentence when they do not fit it. */
export function readArguments(
  command: Command,
  words: readonly string[],
): { readonly ok: true; readonly value: Invocation } | { readonly ok: false; readonly complaint: string } {
  const complain = (complaint: string) => ({ ok: false, complaint }) as const;
  const parsed = parse(words);
  if (typeof parsed === 'string') return complain(parsed);
  const { values, positionals } = parsed;
  const foreign = Object.keys(values).find(
    (name) => !everywhere.includes(name) && !command.options.includes(name),
  );
  if (foreign !== undefined) return complain(`${command.name} takes no --${foreign}`);
  const [fleet, surplus] = positionals;
  if (command.takesFleet && fleet === undefined)
    return complain(`${command.name} needs the path of a fleet file`);
  const several = command.takesEndpoints === true;
  if (several && fleet === undefined)
    return complain(`${command.name} needs the endpoints of running servers`);
  if (several && values.output === undefined)
    return complain(`${command.name} needs --output: where the fleet file is to be made`);
  const extra = several ? undefined : command.takesFleet ? surplus : fleet;
  if (extra !== undefined) return complain(`${command.name} does not know what to do with "${extra}"`);
  if (values.json === true && values.follow === true)
    return complain('--json prints one document, which --follow would never finish; leave one of them out');
  const only = values.only === undefined ? null : amounts[values.only];
  if (only === undefined) return complain(`--only is one of ${Object.keys(amounts).join(', ')}`);
  const servers = Number(values.servers ?? LEAST_SERVERS);
  if (!Number.isInteger(servers) || servers < LEAST_SERVERS || servers > MOST_SERVERS)
    return complain(`--servers is a number from ${LEAST_SERVERS} to ${MOST_SERVERS}`);
  return {
    ok: true,
    value: {
      fleet: several ? '' : (fleet ?? ''),
      endpoints: several ? positionals : [],
      output: values.output ?? null,
      primary: idsIn(values.primary),
      json: values.json ?? false,
      yes: values.yes ?? false,
      erase: idsIn(values.erase),
      server: values.server ?? null,
      takeOver: values['take-over'] ?? false,
      deploy: values.deploy ?? null,
      follow: values.follow ?? false,
      only: only ?? null,
      runbook: values.runbook ?? null,
      servers,
      configDir: values['config-dir'] ?? null,
    },
  };
}

/** What `--only` may say. */
const amounts: Readonly<Record<string, LogLevel>> = {
  replication: 'replication',
  all: 'all',
  warnings: 'warn',
};

/** `--erase a,b` and `--erase a --erase b` mean the same; ids have no commas. */
const idsIn = (given: readonly string[] = []): readonly string[] =>
  given.flatMap((ids) => ids.split(',')).filter((id) => id !== '');

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    // parseArgs reports what a person wrote wrongly as a TypeError with a sentence for them.
    if (!(error instanceof TypeError)) throw error;
    return inOurWords(error);
  }
}

/** What follows an option. */
const placeholders: Readonly<Record<string, string>> = {
  erase: 'ID',
  server: 'ID',
  primary: 'ID',
  deploy: 'ID',
  output: 'FILE',
  runbook: 'FILE.md',
  servers: 'N',
  only: 'replication|all|warnings',
  'config-dir': 'DIR',
};

function inOurWords(error: TypeError): string {
  const code = 'code' in error ? error.code : '';
  const option = /'(--?[^\s'=]+)/.exec(error.message)?.[1];
  if (option === undefined) return error.message.split('. ')[0] ?? error.message;
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `there is no option ${option}`;
  const value = placeholders[option.replace(/^--/, '')];
  return value === undefined ? `${option} takes no value` : `${option} needs a value: ${option} ${value}`;
}
