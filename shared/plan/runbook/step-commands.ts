import { parseOrigin } from '../../origin';
import { pulls, type ServerConfig } from '../../server-config/server-config';
import type { ServerId, StepId } from '../../names';
import { assertNever } from '../../result';
import { shellWord } from '../../shell-word';
import type {
  BackupStep,
  CertificateStep,
  RefreshStep,
  RenewStep,
  RestartStep,
  Step,
  VerifyStep,
} from '../plan';
import { compareData } from './compare-data';
import type { StepFile } from './files-of-steps';
import { block } from './markdown';
import { backupFolder } from './paths';
import type { ServerShell } from './server-shell';
import { certificateFile, writeFile } from './write-file';

/** What the commands of a step need to know of the rest. */
export interface StepContext {
  readonly shell: (id: ServerId) => ServerShell;
  readonly file: (step: StepId) => StepFile | undefined;
  /** A server's file as the steps before this one leave it. */
  readonly config: (id: ServerId) => ServerConfig | null;
  /** The digest of its file as the steps before this one leave it, as the shell says it. */
  readonly digest: (id: ServerId) => string;
  /** The domain it held when it was read. */
  readonly domain: (id: ServerId) => string | null;
}

/** The commands of one step, with how to see that it worked and what to do if not. */
export function stepCommands(step: Step, context: StepContext): string {
  const server = context.shell(step.server);
  switch (step.action) {
    case 'configure':
    case 'put-back': {
      const file = context.file(step.id);
      if (!file) throw new Error(`step ${step.id} writes a file that was not worked out`);
      return writeFile(step, file, server);
    }
    case 'restart':
      return restartCommands(step, server, context);
    case 'read-certificate':
      return readCertificate(step, server);
    case 'renew-certificate':
      return renewCertificate(step, server);
    case 'backup':
      return backUp(step, server, context);
    case 'refresh':
      return refreshCommands(step, server, context);
    case 'verify':
      return verifyCommands(step, server, context);
    case 'compare':
      return compareData(step.id, server, context.shell(step.with));
    default:
      return assertNever(step);
  }
}

function readCertificate(step: CertificateStep, { id, name }: ServerShell): string {
  const file = certificateFile(step.id, id);
  return [
    block(
      'bash',
      `wait_for 120 'the certificate of ${id}' save_certificate ${name} ${file} '' && cat ${file}`,
    ),
    `If none comes, \`kanidmd_${name} show-replication-certificate\` says why. "Unable to connect to socket path" means that something else took the admin socket: restart ${id}.`,
  ].join('\n\n');
}

function renewCertificate(step: RenewStep, { id, name }: ServerShell): string {
  const file = certificateFile(step.id, id);
  return [
    `Check first that ${id} makes rounds with every partner (\`log_${name}\`): with a partner’s name that does not resolve, a renewal never ends. Up to 1.11.0 the command says "Error - you should inspect the logs." **and has worked**; the new certificate then shows after some 75 s.`,
    block(
      'bash',
      `save_certificate ${name} ${id}.old '' && kanidmd_${name} renew-replication-certificate &&
  wait_for 120 'a new certificate of ${id}' save_certificate ${name} ${file} ${id}.old && cat ${file}`,
    ),
  ].join('\n\n');
}

function restartCommands(step: RestartStep, { id, name }: ServerShell, context: StepContext): string {
  const replication = (context.config(step.server)?.replication ?? null) !== null;
  return block(
    'bash',
    [
      `restart ${name} ${id}.since`,
      `wait_for 90 '${id} answers' domain_is_shown ${name}`,
      ...(replication
        ? [
            `wait_for 60 'the replication interface of ${id} has started' started ${name} "$(cat ${id}.since)"`,
          ]
        : []),
    ].join(' &&\n'),
  );
}

function backUp(step: BackupStep, { id, name, database }: ServerShell, context: StepContext): string {
  const domain = context.domain(step.server);
  if (database === null || domain === null)
    return `**Stop here.** Where ${id} keeps its database, or its domain, is not known, so it cannot be backed up. Set \`db_path\` in its server.toml, see that it answers, and make a new runbook.`;
  const folder = backupFolder(database);
  const command = step.stops
    ? [
        `service_${name} stop`,
        `kanidmd_${name} database backup "$(cat ${id}.backup)"`,
        `service_${name} start`,
      ]
    : [`kanidmd_${name} scripting backup "$(cat ${id}.backup)"`];
  return [
    `The name is new each time, for a backup onto an existing file fails **silently**. The folder lets only its owner and root in: a backup holds every credential.`,
    block(
      'bash',
      [
        `backup_folder_${name}`,
        `echo "${folder}/${id}-$(date -u +%Y%m%dT%H%M%SZ).json.gz" > ${id}.backup`,
        ...command,
        `{ [ "$(backup_domain ${name} "$(cat ${id}.backup)")" = ${domain} ] || stop 'There is no backup that holds domain ${domain}.'; }`,
        `echo "proved: $(cat ${id}.backup) on ${id} unpacks and holds domain ${domain}"`,
      ].join(' &&\n'),
    ),
    `Without the last line there is **no backup**: do not go on. See that kanidmd may write into \`${folder}\` and that its disk has room, then run the block again.`,
  ].join('\n\n');
}

function refreshCommands(step: RefreshStep, server: ServerShell, context: StepContext): string {
  const { id, name } = server;
  const source = context.shell(step.source);
  const own = context.domain(step.server);
  const port = portOf(context.config(step.server), step.sourceHost);
  const proof = [
    `wait_for 300 'the refresh of ${id} from ${step.source}' refreshed ${name} "$(cat ${id}.since)" ${step.sourceHost} ${port}`,
    `wait_for 60 'one domain on ${id} and ${step.source}' one_domain ${name} ${source.name}`,
  ].join(' &&\n');
  const unknown = `**If the answer is "Error", or the proof does not come, the outcome is unknown**, not failed: the request may stay queued and erase ${id} later. Restart ${id} to drop it, then look whether it happened; a refresh that failed keeps the old data.`;
  const drop = block(
    'bash if-needed',
    `restart ${name} ${id}.restarted && wait_for 90 '${id} answers' domain_is_shown ${name} &&
  if refreshed ${name} "$(cat ${id}.since)" ${step.sourceHost} ${port}; then echo 'it was refreshed'; else echo 'it was not refreshed: run the refresh again'; fi`,
  );
  if (step.by === 'automatic')
    return [
      `The step before armed it: ${id} replaces its database in its first round. See that it did, with ${step.source}'s data:`,
      block('bash', proof),
      unknown,
      drop,
    ].join('\n\n');
  return [
    `**This erases ${id}.** Its whole database, ${own === null ? 'with all' : `domain ${own}, with all`} accounts, groups, sessions and tokens that exist only there, is replaced by ${step.source}’s. **Nothing is merged.** The first lines look once more: the backup is there, ${id}’s file is the one whose only supplier is ${step.source}, and both still hold what they held.`,
    block(
      'bash',
      [
        `backed_up ${id}`,
        `unchanged ${name} ${shellWord(server.config)} ${context.digest(step.server)}`,
        ...(own === null ? [] : [`in_domain ${name} ${own}`]),
        `in_domain ${source.name} ${step.domain}`,
        `clock_${name} > ${id}.since`,
        `kanidmd_${name} refresh-replication-consumer --i-want-to-refresh-this-servers-database`,
        proof,
      ].join(' &&\n'),
    ),
    unknown,
    drop,
  ].join('\n\n');
}

function verifyCommands(
  step: VerifyStep,
  { id, name, proofSeconds }: ServerShell,
  context: StepContext,
): string {
  const checks = step.suppliers.flatMap(({ server, origin }) => {
    const parts = parseOrigin(origin);
    const supplier = context.shell(server);
    return [
      `wait_for ${proofSeconds} 'a round of ${id} with ${server}' pulled ${name} "$(cat ${id}.since)" ${parts?.host ?? ''} ${parts?.port ?? ''}`,
      `proved_domain ${name} ${supplier.name}`,
      `no_complaint ${supplier.name} "$(cat ${server}.verify)"`,
    ];
  });
  const clocks = [
    `clock_${name} > ${id}.since`,
    ...step.suppliers.map(({ server }) => `clock_${context.shell(server).name} > ${server}.verify`),
  ];
  return [
    `"Incremental Replication Success" alone proves nothing: a round after this moment counts whose span has no warning or error, with one domain on both sides and no complaint of the supplier.`,
    block('bash', [...clocks, ...checks, `echo 'proved: ${id} pulls'`].join(' &&\n')),
    `If no round comes, \`log_${name} "$(cat ${id}.since)" | grep -A 3 repl_run_consumer\` says why: \`UnknownIssuer\` and \`BadSignature\` are certificates that are not pinned as they are now, \`Unable to connect\` a port that nobody listens on, \`Unable to resolve\` a name.`,
  ].join('\n\n');
}

function portOf(config: ServerConfig | null, host: string): number | '' {
  for (const { origin, type } of config?.replication?.partners ?? []) {
    const parts = parseOrigin(origin);
    if (parts?.host === host && pulls(type)) return parts.port;
  }
  return '';
}
