import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { shellWord } from '../../base/shell-word';
import type { ServerId, Sha256, StepId } from '../../base/names';
import { block, writeLocally } from './markdown';
import { type AtServer, replicatesIn, type StepContext } from './step-context';

/** A step that writes server.toml. */
interface WritingStep extends AtServer {
  readonly path: string;
  readonly from: { readonly sha256: Sha256 } | { readonly after: StepId };
  readonly erases: readonly ServerId[];
}

/** SHA-256 of bytes in hex, as `sha256sum` prints it. */
export const digestOf = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

/**
 * A new server.toml by hand: written here, tested there, kept, replaced, restarted, proved; and how to go back.
 * @param pinned the certificates it pins that are known already: they must still be shown.
 */
export function writeFile(
  step: WritingStep,
  pinned: readonly { readonly of: ServerId; readonly text: string }[],
  context: StepContext,
): string {
  const file = context.file(step.id);
  const { id, name } = context.shell(step.server);
  const path = shellWord(step.path);
  const [fresh, tested] = [`${step.id}.${id}.toml`, `${step.id}.${id}.test.toml`];
  const before = `${step.id}.${id}.before.toml`;
  const fills = file.placeholders.flatMap(({ text, of, after }) => [
    `fill ${fresh} ${text} ${certificateFile(after, of)}`,
    `fill ${tested} ${text} ${certificateFile(after, of)}`,
  ]);
  const replaced =
    file.replaces === null ? `$(digest < ${previousFile(step)}.${id}.toml)` : digestOf(file.replaces);
  const pins = pinned.map(
    ({ of, text }) => `same_certificate ${of.replaceAll('-', '_')} ${digestOf(utf8ToBytes(`${text}\n`))}`,
  );
  const back = [
    `wait_for 90 '${id} answers' domain_is_shown ${name}`,
    ...(replicatesIn(step.server, context)
      ? [
          `wait_for 60 'the replication interface of ${id} has started' started ${name} "$(cat ${id}.since)"`,
          `wait_for 60 'the certificate of ${id}' save_certificate ${name} ${id}.now ''`,
        ]
      : []),
  ];
  return [
    `**The whole new file.** Write it here first${fills.length === 0 ? '' : '; the certificates that were read before are put in'}:`,
    block('bash', [writeLocally(fresh, file.bytes)].join('\n')),
    `**A copy that is safe to test** beside the running server: its database and admin socket are elsewhere, LDAP is not bound. A plain \`configtest\` of the real file would take over the running server’s admin socket.`,
    block('bash', writeLocally(tested, file.tested)),
    block('bash', [...fills, `test_${name} ${tested}`].join(' &&\n')),
    `**Keep the old file, put the new one in place, restart.** It goes on only if the server’s file is still the one this runbook was made from${pins.length === 0 ? '' : ', and the certificates that are pinned are still shown'}.`,
    block(
      'bash',
      [
        `unchanged ${name} ${path} ${replaced.startsWith('$') ? `"${replaced}"` : replaced}`,
        ...pins,
        ...step.erases.map((erased) => `backed_up ${erased}`),
        `keep ${name} ${path} ${before}`,
        `put ${name} ${path} ${fresh}`,
        `restart ${name} ${id}.since`,
        ...back,
      ].join(' &&\n'),
    ),
    `A stop may take 40 s and more where a partner’s name does not resolve: the server ignores it until it is killed. **If ${id} does not come back**, read \`log_${name} "$(cat ${id}.since)"\`, then give it its old file again:`,
    block(
      'bash if-needed',
      [`put ${name} ${path} ${before}`, `restart ${name} ${id}.since`, ...back].join(' &&\n'),
    ),
  ].join('\n\n');
}

/** Where a step keeps the certificate it read. */
export const certificateFile = (step: string, server: string): string => `certificate-${step}.${server}`;

/** The step whose file, filled in here, is the one on the server now. */
const previousFile = ({ from }: WritingStep): string => ('after' in from ? from.after : '');
