import type { Config } from '../config/load';
import { parsePin } from '../certificate';
import { sayGoodbye, sayPreamble } from '../server/startup-words';
import type { AdminAnswer, AdminAsk } from '../admin-protocol';
import { askServer, isNoServer, sayNoServer } from './ask-server';
import type { Program } from './program';

/** A command that asks the running server something and prints the answer in the log's shape. */
export interface AdminCommand {
  /** As in `Running TITLE ...`. */
  title: string;
  ask: AdminAsk;
  /** Refuses before asking. */
  unwilling?: boolean;
  print(answer: AdminAnswer, program: Program): boolean;
}

/** @param json `-o json`, which releases of 2024 know: the answer on stderr, as recorded. @returns 0, always. */
export async function runAdminCommand(
  command: AdminCommand,
  config: Config,
  program: Program,
  json: boolean,
): Promise<number> {
  const { log, version } = program;
  sayPreamble(config, version, log);
  log.info(`Running ${command.title} ...`);
  if (command.unwilling) log.error('Unwilling to proceed. Check --help.');
  else {
    const answer = await askServer(config.adminBindPath, command.ask);
    if (isNoServer(answer)) sayNoServer(config.adminBindPath, answer, log);
    else if (json && answer.answer === 'certificate')
      log.aside(JSON.stringify({ certificate: answer.certificate }));
    else if (!command.print(answer, program)) log.info('Error - you should inspect the logs.');
  }
  sayGoodbye(version, log);
  // The real program exits 0 whatever happened (measured).
  return 0;
}

function printCertificate(answer: AdminAnswer, { log }: Program): boolean {
  if (answer.answer !== 'certificate') return false;
  log.info('', [['certificate', `"${answer.certificate}"`]]);
  return true;
}

function printSuccess(answer: AdminAnswer, { log }: Program): boolean {
  if (answer.answer !== 'success') return false;
  log.info('success');
  return true;
}

function printMetadata(answer: AdminAnswer, { log, clock }: Program): boolean {
  const certificate = answer.answer === 'certificate' ? parsePin(answer.certificate) : '';
  if (typeof certificate === 'string') return false;
  const time = (text: string) => new Date(text).toISOString().replace('.000Z', 'Z');
  log.info(`not_before : ${time(certificate.validFrom)}`);
  log.info(`not_after  : ${time(certificate.validTo)}`);
  log.info(`subject    : ${certificate.subject.split('\n').reverse().join(',')}`);
  log.info(`expired    : ${new Date(certificate.validTo) < clock.now()}`);
  return true;
}

function printDomain(answer: AdminAnswer, { log }: Program): boolean {
  if (answer.answer !== 'domain') return false;
  log.info(`domain_name   : ${answer.name}`);
  log.info(`domain_display: ${answer.displayName}`);
  log.info(`domain_uuid   : ${answer.uuid}`);
  log.info(`domain_level  : ${answer.level}`);
  return true;
}

/** The commands, by their words on the command line. */
export const adminCommands = {
  'domain show': { title: 'domain show', ask: { what: 'domain-show' }, print: printDomain },
  'show-replication-certificate': {
    title: 'show replication certificate',
    ask: { what: 'show-certificate' },
    print: printCertificate,
  },
  'show-replication-certificate-metadata': {
    title: 'show replication certificate metadata',
    ask: { what: 'show-certificate' },
    print: printMetadata,
  },
  'renew-replication-certificate': {
    title: 'renew replication certificate',
    ask: { what: 'renew-certificate' },
    print: printCertificate,
  },
  'refresh-replication-consumer': {
    title: 'refresh replication consumer',
    ask: { what: 'refresh-consumer' },
    print: printSuccess,
  },
} as const satisfies Record<string, AdminCommand>;
