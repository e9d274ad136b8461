import type { Config } from '../config/load';
import { Database } from '../data/database';
import { answerPractice } from '../data/practice-changes';
import type { AdminAsk } from '../admin-protocol';
import { askServer, isNoServer } from './ask-server';
import type { Program } from './program';

/**
 * The practice-only verb: people and their changes, through the running server, or on the file when none runs.
 * Prints one JSON document.
 * @returns 0, or 1 when it could not be done.
 */
export async function runPractice(
  words: readonly string[],
  config: Config,
  program: Program,
): Promise<number> {
  const ask = parse(words);
  if (!ask) {
    program.log.aside(
      'usage: kanidmd practice create-person NAME | rename-person NAME DISPLAYNAME | entries',
    );
    return 2;
  }
  const online = await askServer(config.adminBindPath, ask);
  const answer = isNoServer(online) ? offline(ask, config, program) : online;
  if (typeof answer === 'string') program.log.aside(answer);
  else program.log.plain(JSON.stringify(answer));
  return typeof answer === 'string' || answer.answer === 'error' ? 1 : 0;
}

function offline(ask: AdminAsk, config: Config, { clock, version }: Program) {
  const database = Database.open(config.dbPath, config.domain, version, clock.now());
  if (typeof database === 'string') return database;
  return answerPractice(ask, database, clock.now()) ?? 'not a practice request';
}

function parse([verb, name, ...rest]: readonly string[]): AdminAsk | undefined {
  if (verb === 'entries') return { what: 'entries' };
  if (name === undefined) return undefined;
  if (verb === 'create-person') return { what: 'create-person', name };
  if (verb === 'rename-person' && rest.length > 0)
    return { what: 'rename-person', name, displayName: rest.join(' ') };
  return undefined;
}
