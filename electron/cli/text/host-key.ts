import type { HostKeyQuestion } from '../../engine/connect/connection';
import { shellWord } from '../../../shared/base/shell-word';

/**
 * An unknown host key in words, with the command that accepts it: the very key that was seen and compared. One fetched
 * again could be another.
 */
export function hostKeyText(question: HostKeyQuestion): string {
  const { server, host, keyType, fingerprint, line, knownHostsFile } = question;
  return [
    `${server}: the host key of ${host} is not known.`,
    `  It shows ${keyType} ${fingerprint}`,
    '  Compare that with what the host itself prints:',
    '    ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub',
    '  If they are equal, this accepts that key and no other:',
    // The empty line is for a file whose last line has no end; ssh passes over it.
    `    printf '\\n%s\\n' ${shellWord(line)} >> ${shellWord(knownHostsFile)}`,
  ].join('\n');
}
