import { type Command, commands } from './commands';
import { table } from './text/table';

/** The help of the whole command line. */
export function helpText(): string {
  const rows = commands.map((command) => [`  ${command.name} ${command.usage}`, command.summary]);
  return `kanilink pairs Kanidm servers, deploys their replication, and shows whether it works.

kanilink COMMAND FLEET [--json] [--config-dir DIR]

${table(rows)}
  help [COMMAND]

  --json            prints exactly one JSON document on standard output, everything else on standard error
  --config-dir DIR  where journals and settings lie (default: the platform's place)
  --version         prints the version

Exit codes: 0 well or nothing to do, 1 failed, 2 there are changes or unhealthy pulls, 64 bad usage.
Passwords are asked on the terminal, or of the program in KANILINK_ASK: it is called with "password", "passphrase",
"answer" (what the server itself asks, such as a code), "host-key" or "bare-engine" (a Docker Engine without TLS) and what is meant, and prints the answer ("yes" accepts).`;
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const details = command.details === '' ? '' : `\n\n${command.details}`;
  return `kanilink ${command.name} ${command.usage}\n\nIt ${command.summary}.${details}`;
}
