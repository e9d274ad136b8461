import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { ConfigureStep, PutBackStep } from '../plan';
import type { StepFile } from './files-of-steps';
import { block, writeLocally } from './markdown';
import type { ServerShell } from './server-shell';

/** SHA-256 of bytes in hex, as `sha256sum` prints it. */
export const digestOf = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

/** A new server.toml by hand: written here, tested there, kept, replaced, restarted, proved; and how to go back. */
export function writeFile(step: ConfigureStep | PutBackStep, file: StepFile, server: ServerShell): string {
  const { id, name } = server;
  const [fresh, tested] = [`${step.id}.${id}.toml`, `${step.id}.${id}.test.toml`];
  const before = `${step.id}.${id}.before.toml`;
  const fills = file.placeholders.flatMap(({ text, of, after }) => [
    `fill ${fresh} ${text} ${certificateFile(after, of)}`,
    `fill ${tested} ${text} ${certificateFile(after, of)}`,
  ]);
  const replaced =
    file.replaces === null ? `$(digest < ${previousFile(step)}.${id}.toml)` : digestOf(file.replaces);
  const pins = (step.action === 'configure' ? step.changes : []).flatMap((change) =>
    change.kind === 'pin-partner' && 'known' in change.certificate
      ? [
          `same_certificate ${change.of.replaceAll('-', '_')} ${digestOf(utf8ToBytes(`${change.certificate.known.text}\n`))}`,
        ]
      : [],
  );
  const replication = file.config.replication !== null;
  const back = [
    `wait_for 90 '${id} answers' domain_is_shown ${name}`,
    ...(replication
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
        `unchanged ${name} '${step.path}' ${replaced.startsWith('$') ? `"${replaced}"` : replaced}`,
        ...pins,
        ...step.erases.map((erased) => `backed_up ${erased}`),
        `keep ${name} '${step.path}' ${before}`,
        `put ${name} '${step.path}' ${fresh}`,
        `restart ${name} ${id}.since`,
        ...back,
      ].join(' &&\n'),
    ),
    `A stop may take 40 s and more where a partner’s name does not resolve: the server ignores it until it is killed. **If ${id} does not come back**, read \`log_${name} "$(cat ${id}.since)"\`, then give it its old file again:`,
    block(
      'bash if-needed',
      [`put ${name} '${step.path}' ${before}`, `restart ${name} ${id}.since`, ...back].join(' &&\n'),
    ),
  ].join('\n\n');
}

/** Where a step keeps the certificate it read. */
export const certificateFile = (step: string, server: string): string => `certificate-${step}.${server}`;

/** The step whose file, filled in here, is the one on the server now. */
const previousFile = (step: ConfigureStep | PutBackStep): string =>
  step.action === 'configure' && 'after' in step.from ? step.from.after : '';
