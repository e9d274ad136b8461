import https from 'node:https';
import { existsSync, readFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { parseAddress } from '../addresses';
import type { Config } from '../config/load';
import { backupBytes } from '../data/backup';
import { Database } from '../data/database';
import { sayGoodbye, sayPreamble } from '../server/startup-words';
import { askServer, isNoServer } from './ask-server';
import type { Program } from './program';

/** `scripting backup PATH`: silent, and 0 even when nothing was written (measured); 1 only without a server. */
export async function runScriptingBackup(file: string, config: Config, program: Program): Promise<number> {
  const answer = await askServer(config.adminBindPath, { what: 'backup', path: file });
  if (!isNoServer(answer)) return 0;
  program.log.plain(JSON.stringify({ status: 'error', output: answer.message }));
  return 1;
}

/**
 * `scripting backup` without a path: reads the database beside the running server and prints it packed; whoever reads no
 * more ends it, in silence (measured, 1.10.5 and 1.11.1).
 */
export async function runBackupToOutput(config: Config, { version, clock }: Program): Promise<number> {
  if (!existsSync(config.dbPath)) return 1;
  const database = Database.open(config.dbPath, config.domain, version, clock.now());
  if (typeof database === 'string') return 1;
  const bytes = backupBytes(database.now);
  return new Promise((resolve) => {
    process.stdout.on('error', () => resolve(1));
    process.stdout.write(bytes, (error) => resolve(error ? 1 : 0));
  });
}

/** `scripting healthcheck`: asks the web server for its status, whatever the HTTP status is. */
export async function runScriptingHealthcheck(config: Config, program: Program): Promise<number> {
  const trouble = chainTrouble(config) ?? (await statusTrouble(config));
  program.log.plain(
    JSON.stringify(trouble === undefined ? { status: 'ok' } : { status: 'error', output: trouble }),
  );
  return trouble === undefined ? 0 : 1;
}

/** `healthcheck`, as before 1.9: a log, exit 1 on any trouble. */
export async function runHealthcheck(config: Config, program: Program): Promise<number> {
  const { log, version } = program;
  sayPreamble(config, version, log);
  const chain = chainTrouble(config);
  const trouble = chain ?? (await statusTrouble(config));
  if (chain !== undefined) {
    log.error(`Failed to parse ${config.tlsChain} into CA certificate!`);
    log.plain(`Error: ${chain}`);
  } else if (trouble !== undefined) log.error(`Failed to complete healthcheck: ${trouble}`);
  else log.info('Healthcheck success');
  sayGoodbye(version, log);
  return trouble === undefined ? 0 : 1;
}

function chainTrouble(config: Config): string | undefined {
  try {
    new X509Certificate(readFileSync(config.tlsChain));
    return undefined;
  } catch (error) {
    return String(error);
  }
}

function statusTrouble(config: Config): Promise<string | undefined> {
  const address = parseAddress(config.bindAddress.split(',')[0] ?? '');
  if (!address) return Promise.resolve('invalid socket address');
  const host = address.host === '0.0.0.0' ? '127.0.0.1' : address.host === '::' ? '::1' : address.host;
  return new Promise((resolve) => {
    const options = {
      host,
      port: address.port,
      path: '/status',
      rejectUnauthorized: false,
      timeout: 5_000,
      agent: false,
    };
    const request = https.get(options, (response) => {
      response.resume();
      response.on('end', () => resolve(undefined));
    });
    request.on('timeout', () => request.destroy(new Error('timed out')));
    request.on('error', (error) => resolve(error.message));
  });
}
