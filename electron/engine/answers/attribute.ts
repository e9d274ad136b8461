import type { AnsweredBy, ShownCertificate } from '../../../shared/answers/answers';
import type { Result } from '../../../shared/base/result';
import type { MetCertificate, OriginAnswer } from './ask-origin';

/** What a server's log and disk say, as far as it is needed here. */
interface ServerEvidence {
  readonly site: { readonly server: { readonly id: string } };
  readonly found: ReadonlySet<string>;
  readonly onDisk: string | null;
}

/** Who gave each answer, by the logs that show its request. */
export function answeredBy(
  sent: readonly { readonly key: string; readonly answer: Result<OriginAnswer> }[],
  looks: readonly ServerEvidence[],
): readonly AnsweredBy[] {
  const before = new Set<string>();
  return sent.map(({ key, answer }): AnsweredBy => {
    const servers = looks.filter(({ found }) => found.has(key)).map(({ site }) => site.server.id);
    if (!answer.ok) return { kind: 'none', fault: answer.error, servers };
    const { opId } = answer.value;
    const cameBefore = opId !== null && before.has(opId);
    if (opId !== null) before.add(opId);
    const [server, ...more] = servers;
    if (server !== undefined)
      return more.length === 0 ? { kind: 'server', server } : { kind: 'several', servers };
    if (opId === null) return { kind: 'no-id' };
    return cameBefore ? { kind: 'repeated' } : { kind: 'not-found' };
  });
}

/** The certificates that were met, each once. */
export function certificatesOf(
  met: readonly (MetCertificate | null)[],
  looks: readonly ServerEvidence[],
): readonly ShownCertificate[] {
  const each = new Map(met.flatMap((it) => (it === null ? [] : [[it.sha256, it] as const])));
  return [...each.values()].map(({ sha256, refused, untrusted, ...certificate }) => {
    const onDiskOf = looks.filter(({ onDisk }) => onDisk === sha256).map(({ site }) => site.server.id);
    const stranger =
      untrusted === null || onDiskOf.length > 0
        ? null
        : `Node’s list of authorities does not vouch for who issued it (${untrusted}; this computer’s own list is not asked), and it lies on no server’s disk that was read.`;
    const requests = met.filter((it) => it?.sha256 === sha256).length;
    return { ...certificate, onDiskOf, refused: refused ?? stranger, requests };
  });
}
