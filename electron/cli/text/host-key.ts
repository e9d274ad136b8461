import type { HostKeyQuestion } from '../../engine/connect/connection';

/** An unknown host key in words, with the command that would accept it. */
export function hostKeyText({ server, host, keyType, fingerprint, knownHostsFile }: HostKeyQuestion): string {
  const { name, port } = splitHost(host);
  const words = ['ssh-keyscan', '-p', port, '-t', scanType(keyType), name].map(quote).join(' ');
  return [
    `${server}: the host key of ${host} is not known.`,
    `  It shows ${keyType} ${fingerprint}`,
    '  Compare that with what the host itself prints:',
    '    ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub',
    '  If they are equal, this accepts it:',
    `    ${words} >> ${quote(knownHostsFile)}`,
  ].join('\n');
}

/** `[host]:port` as known_hosts spells it, or a bare host on port 22. */
function splitHost(host: string): { readonly name: string; readonly port: string } {
  const match = /^\[(.+)\]:(\d+)$/.exec(host);
  return { name: match?.[1] ?? host, port: match?.[2] ?? '22' };
}

/** The short names that every ssh-keyscan takes. */
function scanType(keyType: string): string {
  if (keyType.startsWith('ecdsa-')) return 'ecdsa';
  return keyType.replace(/^ssh-/, '');
}

/** For a POSIX shell; words of harmless characters stay bare. */
const quote = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
