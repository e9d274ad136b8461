import type { Command } from '../../electron/cli/base/command';
import { endOfHelp } from '../../electron/cli/help';

/**
 * The manual page, in roff's man macros (groff_man(7)): what `kanilink help` and `kanilink help COMMAND` say.
 * @param version of Kanilink.
 */
export function manual(commands: readonly Command[], version: string): string {
  const each = commands.map(
    ({ name, usage, summary, details }) =>
      `.SS ${roff(name)}\n.B kanilink ${roff(`${name} ${usage}`)}\n.PP\nIt ${roff(summary)}.\n${paragraphs(details)}`,
  );
  return `.TH KANILINK 1 "" "kanilink ${roff(version)}" "User Commands"
.ad l
.SH NAME
kanilink \\- pair Kanidm servers, deploy their replication, and watch it work
.SH SYNOPSIS
.B kanilink
.I COMMAND FLEET
[options]
.SH COMMANDS
${each.join('\n')}
.SH OPTIONS AND EXIT CODES
.nf
${roff(endOfHelp)}
.fi
.SH SEE ALSO
.BR kanidmd (1),
.BR ssh_config (5)
`;
}

const paragraphs = (text: string): string =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `.PP\n${roff(line)}\n`)
    .join('');

/** Text that roff takes for text: no escapes, hyphens that can be copied, no line that is a request. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
