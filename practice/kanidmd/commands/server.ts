import type net from 'node:net';
import type https from 'node:https';
import type { Config } from '../config/load';
import { Database } from '../data/database';
import { Replication } from '../replication/replication';
import { handleAdminRequest } from '../server/admin-requests';
import { openAdminSocket } from '../server/admin-socket';
import type { Context } from '../context';
import { openHttps } from '../server/https';
import { notifyReady } from '../server/notify';
import {
  sayBackupSchedule,
  sayConfiguration,
  sayGoodbye,
  sayInitialisation,
  sayNextBackup,
  sayPreamble,
  sayPurge,
  sayTlsFiles,
} from '../server/startup-words';
import { originTrouble } from '../server/origin-rule';
import type { Program } from './program';

/** `kanidmd server`: runs until a signal comes. @returns the exit code. */
export async function runServer(config: Config, program: Program): Promise<number> {
  const { version, log, clock, resolve, env } = program;
  // Listened to from the first line on: a stop that comes while it starts is a clean stop too, once it has started.
  const stopAsked = signal();
  sayPreamble(config, version, log);
  log.info('Running in server mode ...');
  if (!sayTlsFiles(config, log)) return 1;
  sayConfiguration(config, version, log, false);
  const database = Database.open(config.dbPath, config.domain, version, clock.now());
  if (typeof database === 'string') {
    log.error(`Failed to open the database: ${database}`);
    return 1;
  }
  sayInitialisation(database, version, log);
  database.migrate(version);
  // Each start leaves its mark: that is why a database put back to an older copy looks up to date (measured).
  database.anchor(clock.now());
  const trouble = originTrouble(config, log);
  if (trouble) return 1;

  const context: Context = { config, version, database, log, clock, resolve, env };
  sayBackupSchedule(config, log);
  const replication = config.replication ? new Replication(config.replication, context) : undefined;
  if (replication && !(await replication.open())) return failed(log);
  sayNextBackup(config, clock.now(), log);
  if (replication) log.info('Starting Replication Acceptor ...');
  if (replication && version.shape === 'early') await replication.reload();
  sayPurge(version, log);
  sayPurge(version, log);
  log.info('Starting the web server...');
  const web = await openHttps(context);
  if (typeof web === 'string') {
    log.error('Failed to bind tcp listener', [['err', web]]);
    log.error('Failed to start HTTPS server', [['err', '()']]);
    return failed(log);
  }
  const admin = await openAdminSocket(config.adminBindPath, (ask, pid) =>
    handleAdminRequest(ask, pid, replication, context),
  );
  log.info(`${version.ready} to rock! 🪨  UI available at: ${config.origin}`, [['event_tag_id', '3']]);
  if (replication && version.shape === 'modern') await replication.reload();
  notifyReady(env);

  await stopAsked;
  await stop(context, replication, web, admin);
  sayGoodbye(version, log);
  return 0;
}

function failed(log: Program['log']): number {
  log.error('Failed to start server core!');
  return 1;
}

function signal(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => resolve());
  });
}

/** Stops in one of the recorded orders. With a partner whose name does not resolve it never gets past the tasks. */
async function stop(
  context: Context,
  replication: Replication | undefined,
  web: https.Server,
  admin: net.Server,
): Promise<void> {
  const { log, version, config } = context;
  const modern = version.shape === 'modern';
  log.info('Signal received, shutting down');
  log.info('Stopped Auditd Actor');
  log.info('Stopped Delayed Action Actor');
  if (modern) log.info('Stopped Migration Reload Monitor');
  if (modern) log.info('Stopped TlsAcceptor Reload Monitor');
  if (config.onlineBackup) log.info('Stopped Backup Actor');
  log.info('Stopped Interval Actor');
  web.closeAllConnections();
  web.close();
  log.info('Stopped HTTPS Server');
  if (replication) {
    await replication.stop();
    log.info(version.stopped);
  }
  admin.close();
  log.info('Stopped Admin Socket');
  log.info('Stopped 🛑 ');
}
