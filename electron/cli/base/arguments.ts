import { parseArgs } from 'node:util';
import { answersAsked, MOST_REQUESTS, REQUESTS } from '../../../shared/answers/answers';
import { ORIGIN_FORM, readPublicOrigin } from '../../../shared/answers/public-origin';
import type { LogLevel } from '../../../shared/ipc/log-levels';
import { ruvEvery } from '../../../shared/ruv/ruv';
import { LOGINS_EVERY, loginsEvery } from '../../../shared/serves/logins-every';
import { isRelease } from '../../../shared/versions/versions';
import { type ColorWhen, colorWhen } from '../text/paint';
import type { Command } from './command';

/** What a call asks for, read from its arguments. */
export interface Invocation {
  /** The command's name. */
  readonly command: string;
  /** The fleet file as written; empty for commands that take none. */
  readonly fleet: string;
  /** A file that is no fleet file, as written; empty for commands that take none. */
  readonly file: string;
  /** Saved logs, as written; null: none is named. */
  readonly consumer: string | null;
  readonly supplier: string | null;
  /** A version of Kanidm: `1.10.5`. */
  readonly version: string;
  /** Servers to adopt, as written. */
  readonly endpoints: readonly string[];
  /** The file to make: a fleet file, or diagnostics. */
  readonly output: string | null;
  /** Ids of servers whose data wins. */
  readonly primary: readonly string[];
  readonly json: boolean;
  readonly yes: boolean;
  readonly erase: readonly string[];
  readonly server: string | null;
  /** Who is to use a helper; null: the fleet's login. */
  readonly user: string | null;
  /** Where a server's database is; null: as its configuration says. */
  readonly database: string | null;
  /** Take locks over that are an hour old. */
  readonly takeOver: boolean;
  /** The person says that no earlier deploy runs, where that cannot be known. */
  readonly notRunning: boolean;
  /** The fingerprint of the one plan that may be carried out; null: whatever planning gives. */
  readonly plan: string | null;
  /** A past deploy's id. */
  readonly deploy: string | null;
  /** Prove logins too. */
  readonly logins: boolean;
  /** Read how far each server's changes have come too. */
  readonly ruv: boolean;
  readonly follow: boolean;
  /** How much of the logs is shown; null: nobody said. */
  readonly only: LogLevel | null;
  /** Where the plan goes as Markdown; null: nowhere. */
  readonly runbook: string | null;
  readonly servers: number;
  /** The public origin to ask, as written; null: the servers' own. */
  readonly origin: string | null;
  /** How many requests are sent to it. */
  readonly requests: number;
  /** Where metrics are served, as written; null: nowhere. */
  readonly metrics: string | null;
  /** The file for node_exporter; null: none. */
  readonly textfile: string | null;
  /** Where events and alerts are sent, as written; null: nowhere. */
  readonly webhook: string | null;
  readonly alertmanager: string | null;
  /** Files that hold them, as written. */
  readonly webhookFile: string | null;
  readonly alertmanagerFile: string | null;
  /** Minutes between two looks at logins; 0: never. */
  readonly loginsEvery: number;
  /** Minutes between two looks at every RUV; 0: never; null: nobody said it. */
  readonly ruvEvery: number | null;
  /** Diagnostics: hosts, addresses and logins are replaced. */
  readonly withoutAddresses: boolean;
  /** Whether text is coloured. */
  readonly color: ColorWhen;
  /** Every call to a server is printed on standard error. */
  readonly trace: boolean;
  /** Trust the fleet file with what it uses, without asking. */
  readonly trust: boolean;
  /** Null: the platform's own place. */
  readonly configDir: string | null;
}

export const LEAST_SERVERS = 2;
export const MOST_SERVERS = 8;

const everywhere = ['json', 'config-dir', 'color', 'trace', 'help'];
const options = {
  json: { type: 'boolean' },
  yes: { type: 'boolean' },
  erase: { type: 'string', multiple: true },
  server: { type: 'string' },
  user: { type: 'string' },
  database: { type: 'string' },
  'take-over': { type: 'boolean' },
  'not-running': { type: 'boolean' },
  plan: { type: 'string' },
  deploy: { type: 'string' },
  output: { type: 'string' },
  primary: { type: 'string', multiple: true },
  logins: { type: 'boolean' },
  ruv: { type: 'boolean' },
  follow: { type: 'boolean' },
  only: { type: 'string' },
  runbook: { type: 'string' },
  servers: { type: 'string' },
  origin: { type: 'string' },
  requests: { type: 'string' },
  version: { type: 'string' },
  consumer: { type: 'string' },
  supplier: { type: 'string' },
  metrics: { type: 'string' },
  textfile: { type: 'string' },
  webhook: { type: 'string' },
  alertmanager: { type: 'string' },
  'webhook-file': { type: 'string' },
  'alertmanager-file': { type: 'string' },
  'logins-every': { type: 'string' },
  'ruv-every': { type: 'string' },
  'without-addresses': { type: 'boolean' },
  trace: { type: 'boolean' },
  trust: { type: 'boolean' },
  'config-dir': { type: 'string' },
  color: { type: 'string' },
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
    (name) =>
      !everywhere.includes(name) &&
      !command.options.includes(name) &&
      !(name === 'trust' && command.takesFleet),
  );
  if (foreign !== undefined) return complain(`${command.name} takes no --${foreign}`);
  const [fleet, surplus] = positionals;
  if (command.takesFleet && fleet === undefined)
    return complain(`${command.name} needs the path of a fleet file`);
  if (command.takesFile !== undefined && fleet === undefined)
    return complain(`${command.name} needs the path of ${command.takesFile}`);
  const several = command.takesEndpoints === true;
  if (several && fleet === undefined)
    return complain(`${command.name} needs the endpoints of running servers`);
  const { needs } = command;
  if (needs !== undefined && idsIn([values[needs.option] ?? []].flat()).length === 0)
    return complain(`${command.name} needs --${needs.option}: ${needs.names}`);
  const one = command.takesFleet || command.takesFile !== undefined;
  const extra = several ? undefined : one ? surplus : fleet;
  if (extra !== undefined) return complain(`${command.name} does not know what to do with "${extra}"`);
  if (values.json === true && values.follow === true)
    return complain('--json prints one document, which --follow would never finish; leave one of them out');
  const only = values.only === undefined ? null : amounts[values.only];
  if (only === undefined) return complain(`--only is one of ${Object.keys(amounts).join(', ')}`);
  const color = colorWhen.find((when) => when === (values.color ?? 'auto'));
  if (color === undefined) return complain(`--color is one of ${colorWhen.join(', ')}`);
  if (values.plan !== undefined && !/^[0-9a-f]{64}$/.test(values.plan))
    return complain('--plan takes the whole fingerprint that kanilink plan --json prints');
  if (values.version !== undefined && !isRelease(values.version))
    return complain('--version takes a version of Kanidm, as kanidmd version prints it');
  const servers = Number(values.servers ?? LEAST_SERVERS);
  if (!Number.isInteger(servers) || servers < LEAST_SERVERS || servers > MOST_SERVERS)
    return complain(`--servers is a number from ${LEAST_SERVERS} to ${MOST_SERVERS}`);
  const asked = answersAsked.shape.requests.safeParse(Number(values.requests ?? REQUESTS));
  if (!asked.success) return complain(`--requests is a number from 1 to ${MOST_REQUESTS}`);
  if (values.origin !== undefined && readPublicOrigin(values.origin) === null)
    return complain(`--origin takes a public origin: ${ORIGIN_FORM}`);
  const every = loginsEvery.safeParse(Number(values['logins-every'] ?? LOGINS_EVERY));
  if (!every.success) return complain('--logins-every is a number of minutes, from 0 (never) to 1440');
  const ruv = ruvEvery
    .nullable()
    .safeParse(values['ruv-every'] === undefined ? null : Number(values['ruv-every']));
  if (!ruv.success) return complain('--ruv-every is a number of minutes, from 0 (never) to 10080 (a week)');
  return {
    ok: true,
    value: {
      command: command.name,
      fleet: command.takesFleet ? (fleet ?? '') : '',
      file: command.takesFile === undefined ? '' : (fleet ?? ''),
      version: values.version ?? '',
      consumer: values.consumer ?? null,
      supplier: values.supplier ?? null,
      endpoints: several ? positionals : [],
      output: values.output ?? null,
      primary: idsIn(values.primary),
      json: values.json ?? false,
      yes: values.yes ?? false,
      erase: idsIn(values.erase),
      server: values.server ?? null,
      user: values.user ?? null,
      database: values.database ?? null,
      takeOver: values['take-over'] ?? false,
      notRunning: values['not-running'] ?? false,
      plan: values.plan ?? null,
      logins: values.logins ?? false,
      ruv: values.ruv ?? false,
      deploy: values.deploy ?? null,
      follow: values.follow ?? false,
      only: only ?? null,
      runbook: values.runbook ?? null,
      servers,
      origin: values.origin ?? null,
      requests: asked.data,
      metrics: values.metrics ?? null,
      textfile: values.textfile ?? null,
      webhook: values.webhook ?? null,
      alertmanager: values.alertmanager ?? null,
      webhookFile: values['webhook-file'] ?? null,
      alertmanagerFile: values['alertmanager-file'] ?? null,
      loginsEvery: every.data,
      ruvEvery: ruv.data,
      withoutAddresses: values['without-addresses'] ?? false,
      color,
      trace: values.trace ?? false,
      trust: values.trust ?? false,
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

/** An option a command takes: `server`, with what follows it, `ID`; null: nothing does. */
export interface OptionWords {
  readonly name: string;
  readonly value: string | null;
}

/** Every option of a command, its own first. */
export const optionsOf = (command: Command): readonly OptionWords[] =>
  [...command.options, ...(command.takesFleet ? ['trust'] : []), ...everywhere]
    .filter((name, index, all) => all.indexOf(name) === index)
    .map((name) => ({ name, value: placeholders[name] ?? null }));

/** What follows an option. */
const placeholders: Readonly<Record<string, string>> = {
  erase: 'ID',
  server: 'ID',
  primary: 'ID',
  deploy: 'ID',
  plan: 'FINGERPRINT',
  user: 'NAME',
  database: 'PATH',
  output: 'FILE',
  runbook: 'FILE.md',
  servers: 'N',
  origin: 'URL',
  requests: 'N',
  version: 'VERSION',
  consumer: 'LOG',
  supplier: 'LOG',
  only: 'replication|all|warnings',
  color: 'auto|always|never',
  metrics: 'HOST:PORT',
  textfile: 'FILE.prom',
  webhook: 'URL',
  alertmanager: 'URL',
  'webhook-file': 'FILE',
  'alertmanager-file': 'FILE',
  'logins-every': 'MINUTES',
  'ruv-every': 'MINUTES',
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
