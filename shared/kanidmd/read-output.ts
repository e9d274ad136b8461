import { type CertificateText, certificateText, domainUuid } from '../base/names';
import type { Domain } from './evidence';
import { type Fault, type Result, fail, ok } from '../base/result';
import { messageAndFix } from '../base/sentences';

/** What a kanidmd command printed. Exit codes lie (`kanidm.md`, "Exit codes"): only the text counts. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** Longest piece of kanidmd's own words in a message: a parse error prints the whole file on one line (`kanidm.md`, "What commands print"). */
const LONGEST_LINE = 300;

const UNCLEAR = 'answer-unclear';

/** The certificate line of `show-` and `renew-replication-certificate`. JSON output of 1.2 to 1.8 is read too. */
export function readCertificateOutput(printed: Printed): Result<CertificateText> {
  const found = /certificate: "([A-Za-z0-9_-]+=*)"|"certificate"\s*:\s*"([A-Za-z0-9_-]+=*)"/.exec(
    textOf(printed),
  );
  const text = certificateText(found?.[1] ?? found?.[2] ?? '');
  if (text !== null) return ok(text);
  const fault = explain(printed, 'show-replication-certificate', 'no certificate');
  return fail(fault.code === UNCLEAR ? { ...fault, code: 'no-certificate-shown' } : fault);
}

/** `domain show`: name, uuid and level. */
export function readDomain(printed: Printed): Result<Domain> {
  const text = textOf(printed);
  const name = /domain_name\s*: (\S+)/.exec(text)?.[1];
  const uuid = domainUuid(/domain_uuid\s*: ([0-9a-fA-F-]{36})/.exec(text)?.[1] ?? '');
  const level = /domain_level\s*: (\d+)/.exec(text)?.[1];
  if (name === undefined || uuid === null) return fail(explain(printed, 'domain show', 'no domain'));
  return ok({ name, uuid, level: level === undefined ? null : Number(level) });
}

/** `version`: the program on disk, `1.10.5` or `1.1.0-rc.16`. */
export function readVersion(printed: Printed): Result<string> {
  const version = /^kanidmd (\d+\.\d+\.\d+\S*)/m.exec(textOf(printed))?.[1];
  return version === undefined ? fail(explain(printed, 'version', 'no version')) : ok(version);
}

/** `unknown` is not failed: the request may stay queued and erase later (`kanidm.md`, "Refresh erases", 8). */
export type RefreshAnswer = 'success' | 'unwilling' | 'unknown';

/**
 * What `refresh-replication-consumer` answered. Its last line counts, not its exit code (`kanidm.md`, "Refresh erases", 8).
 */
export function readRefresh(printed: Printed): RefreshAnswer {
  const text = textOf(printed);
  if (/\[info\]: success\s*$/m.test(text)) return 'success';
  return text.includes('Unwilling to proceed') ? 'unwilling' : 'unknown';
}

/** `shown`: the new certificate was printed. `asked`: "Error", and it has worked all the same up to 1.11.0 (`kanidm.md`, "renew-replication-certificate"). */
export function readRenew(printed: Printed): 'shown' | 'asked' | 'failed' {
  if (readCertificateOutput(printed).ok) return 'shown';
  return textOf(printed).includes('Error - you should inspect the logs') ? 'asked' : 'failed';
}

/** Only the words count: 1.2.0 exits 0 on a refusal (`kanidm.md`, "configtest"). */
export function readConfigTest(printed: Printed): { readonly accepted: boolean; readonly output: string } {
  const accepted = printed.stdout.includes('This config rocks!');
  if (accepted) return { accepted, output: '' };
  const elsewhere = saidElsewhere(printed);
  return { accepted, output: elsewhere ? messageAndFix(elsewhere) : complaintsIn(printed) };
}

/** The admin socket is not there or another process took it (`kanidm.md`, "configtest"). */
export const socketTaken = (printed: Printed): boolean =>
  textOf(printed).includes('Unable to connect to socket path');

/**
 * The fault of a kanidmd that answered to OpenTelemetry instead of here (measured): nothing on stdout, and on stderr no
 * more than that it starts to. Null: it answered here.
 */
function saidElsewhere(printed: Printed): Fault | null {
  if (printed.stdout.trim() !== '' || !toOpenTelemetry(printed.stderr)) return null;
  return {
    code: 'words-go-elsewhere',
    message: 'kanidmd sends its log, and what its commands answer, to OpenTelemetry and prints nothing.',
    fix: 'Remove otel_grpc_url or otel_grpc_endpoint from server.toml, or KANIDM_OTEL_GRPC_* from the unit or container, and restart kanidmd.',
    detail: complaintsIn(printed),
    where: {},
  };
}

/**
 * The line kanidmd prints before it falls silent: "Starting …" in 1.9 and 1.10, "Attempting to start …" in 1.11. Earlier
 * versions only say at their end that the pipeline is shut down.
 */
export const toOpenTelemetry = (text: string): boolean =>
  /^(?:(?:Starting|Attempting to start) OTLP logging pipeline|Logging pipeline completed shutdown)/m.test(
    text,
  );

/** The lines that complain, each cut; without any, the last lines. */
export function complaintsIn(printed: Printed): string {
  const lines = textOf(printed)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  const bad = lines.filter((line) => /\[error\]|^error:|^ERROR|Unable to|❌|Failed/.test(line));
  return (bad.length > 0 ? bad : lines.slice(-5)).slice(0, 20).map(cut).join('\n');
}

/** Text without ANSI colours, which a terminal may add (`kanidm.md`, "What commands print"). */
export const withoutColours = (text: string): string =>
  text.includes('\u001b[') ? text.replace(/\u001b\[[0-9;:]*[A-Za-z]/g, '') : text;

const textOf = (printed: Printed): string => withoutColours(`${printed.stdout}\n${printed.stderr}`);

const cut = (line: string): string =>
  line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} …` : line;

/** A fork with Kanidm's formats under names of its own. */
const fork = (): Fault => ({
  code: 'program-is-kubidm',
  message: 'This is kubidmd, of the fork Kubidm, and no kanidmd.',
  fix: 'Kanilink is made for Kanidm: its facts about versions do not hold for the fork. Use Kanidm, or link these servers by hand.',
  where: {},
});

function explain(printed: Printed, command: string, missing: string): Fault {
  const detail = complaintsIn(printed);
  const elsewhere = saidElsewhere(printed);
  if (elsewhere !== null) return elsewhere;
  if (/^kubidmd /m.test(textOf(printed))) return { ...fork(), detail };
  if (socketTaken(printed))
    return {
      code: 'admin-socket',
      message: `kanidmd does not answer on its admin socket, so \`${command}\` says nothing.`,
      fix: 'Make sure that kanidmd runs and that this account may use its socket (root or its own user); a plain configtest beside it takes the socket until a restart.',
      detail,
      where: {},
    };
  if (/unrecognized subcommand/.test(textOf(printed)))
    return {
      code: 'command-unknown',
      message: `This kanidmd has no \`${command}\`.`,
      fix: 'Its version may be too old for replication.',
      detail,
      where: {},
    };
  return {
    code: UNCLEAR,
    message: `\`kanidmd ${command}\` shows ${missing}.`,
    fix: 'See what it printed, and its log.',
    detail,
    where: {},
  };
}
