import type { CertificatesReport } from '../../../shared/certificates-report';
import type { Problem } from '../../../shared/problem';
import type { Invocation } from '../arguments';
import { loadFleet } from '../fleet-argument';
import { certificatesText } from '../text/certificates';
import { faultProblem, problemsText } from '../text/problems';
import { exit, type World } from '../world';

/** `kanilink certificates`: expiry and pins. Changes nothing. */
export async function certificates({ fleet, json }: Invocation, world: World): Promise<number> {
  const loaded = await loadFleet(fleet, world);
  if (!loaded.ok) return report(null, loaded.problems, json, world);
  const read = await world.engine.certificates(loaded.text, { signal: world.signal, timeoutMs: 120_000 });
  return read.ok
    ? report(read.value, read.value.problems, json, world)
    : report(null, [faultProblem(read.error)], json, world);
}

function report(
  read: CertificatesReport | null,
  problems: readonly Problem[],
  json: boolean,
  world: World,
): number {
  if (json) world.print(JSON.stringify({ servers: read?.servers ?? [], problems }, null, 2));
  else {
    const texts = [
      read === null ? '' : certificatesText(read, world.paint),
      problemsText(problems, world.paint),
    ];
    world.print(texts.filter((text) => text !== '').join('\n\n'));
  }
  if (read === null) return exit.failed;
  const pinned = read.servers.every(({ pinnedBy }) => pinnedBy.every((pin) => pin.current === true));
  return pinned && !problems.some((it) => it.severity !== 'info') ? exit.well : exit.attention;
}
