import { adminCommands, runAdminCommand } from './commands/admin';
import { runConfigTest } from './commands/configtest';
import { runPractice } from './commands/practice';
import type { Program } from './commands/program';
import {
  runBackupToOutput,
  runHealthcheck,
  runScriptingBackup,
  runScriptingHealthcheck,
} from './commands/scripting';
import { scriptingHelp } from './commands/scripting-help';
import { runServer } from './commands/server';
import { runDatabaseCommand } from './commands/stopped-database';
import { makeClock } from './clock';
import { parseCommandLine, type CommandLine } from './command-line';
import { loadConfig } from './config/load';
import { readKnobs } from './knobs';
import { makeLog } from './log-writer';
import { makeResolve } from './resolve';

async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const log = makeLog(
    (text) => process.stdout.write(text),
    (text) => process.stderr.write(text),
  );
  const knobs = readKnobs(env);
  if (typeof knobs === 'string') return misused(knobs);
  const { version } = knobs;
  const line = parseCommandLine(args, env, version);
  if ('misuse' in line) return misused(line.misuse);
  const program: Program = {
    version,
    log,
    env,
    clock: makeClock(knobs.speed),
    resolve: makeResolve(knobs.resolve, env['PRACTICE_RESOLVE_FILE']),
  };
  if (line.words[0] === 'version') {
    log.plain(`kanidmd ${version.id} ${version.commit}`);
    return 0;
  }
  if (line.words[0] === 'scripting' && (line.help || line.words.length === 1 || line.words[1] === 'help')) {
    process.stdout.write(scriptingHelp);
    return 0;
  }
  return run(line, program);
}

async function run(line: CommandLine, program: Program): Promise<number> {
  const config = loadConfig(line.configPath, program.env, program.version);
  if ('refused' in config) {
    if (program.version.shape === 'early') program.log.aside(`📜 Using config file: "${line.configPath}"`);
    for (const text of config.refused) program.log.aside(text);
    return 1;
  }
  const [first = '', second = '', third = ''] = line.words;
  const words = `${first} ${second}`.trim();
  if (first === 'server') return runServer(config, program);
  if (first === 'configtest') return runConfigTest(config, program);
  if (first === 'cert-generate') {
    const { runCertGenerate } = await import('./commands/cert-generate');
    return runCertGenerate(config, program);
  }
  if (first === 'healthcheck') return runHealthcheck(config, program);
  if (first === 'practice') return runPractice(line.words.slice(1), config, program);
  if (first === 'database' && (second === 'backup' || second === 'restore') && third !== '')
    return runDatabaseCommand(second, third, config, program);
  if (words === 'scripting healthcheck') return runScriptingHealthcheck(config, program);
  if (words === 'scripting backup')
    return third === '' ? runBackupToOutput(config, program) : runScriptingBackup(third, config, program);
  if (words === 'refresh-replication-consumer') {
    const command = { ...adminCommands[words], unwilling: !line.iWantToRefresh };
    return runAdminCommand(command, config, program, line.json);
  }
  if (isAdminCommand(words)) return runAdminCommand(adminCommands[words], config, program, line.json);
  return misused(`error: unrecognized subcommand '${second}'\n\nUsage: kanidmd ${first} <COMMAND>`);
}

function isAdminCommand(words: string): words is keyof typeof adminCommands {
  return Object.hasOwn(adminCommands, words);
}

function misused(text: string): number {
  process.stderr.write(`${text}\n`);
  return 2;
}

void main(process.argv.slice(2), process.env).then((code) => process.exit(code));
