import type { Command } from './base/command';
import { commands } from './commands';
import { table } from './text/table';

/** Options of every command, exit codes, and how passwords are asked for. */
export const endOfHelp = `  --json            prints exactly one JSON document on standard output, everything else on standard error
  --config-dir DIR  where journals and settings lie (default: the platform’s place)
  --color WHEN      auto (the default), always or never; NO_COLOR in the environment means never
  --trust           trusts the fleet file with the hosts, keys and sockets it names, and remembers that
  --trace           prints every call to a server on standard error: what was asked, how long it took, how it ended
                    (KANILINK_TRACE=1 does the same, also for the window: logs/kanilink-trace.log beside the journals)
  --version         prints the version

Exit codes: 0 well or nothing to do, 1 failed, 2 there are changes or unhealthy pulls, 64 bad usage.
Passwords are asked on the terminal, or of the program in KANILINK_ASK: it is called with "password", "passphrase",
"answer" (what the server itself asks, such as a code), "host-key", "bare-engine" (a Docker Engine without TLS) or "trust" (a fleet file) and what is meant, and prints the answer ("yes" accepts).`;

/** The help of the whole command line. */
export function helpText(): string {
  const rows = commands.map((command) => [`  ${command.name} ${command.usage}`, command.summary]);
  return `kanilink pairs Kanidm servers, deploys their replication, and shows whether it works.

kanilink COMMAND FLEET [--trust] [--json] [--color WHEN] [--config-dir DIR] [--trace]

${table(rows)}
  help [COMMAND]

${endOfHelp}`;
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const details = command.details === '' ? '' : `\n\n${command.details}`;
  return `kanilink ${command.name} ${command.usage}\n\nIt ${command.summary}.${details}`;
}
