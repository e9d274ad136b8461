import type { CertificatesReport } from '../../../shared/certificates/certificates-report';
import { type Problem, problemOf } from '../../../shared/base/problem';
import type { Invocation } from '../base/arguments';
import { loadFleet } from '../base/fleet-argument';
import { certificatesText } from '../text/certificates';
import { problemsText } from '../text/problems';
import { exit, type World } from '../base/world';
import { jsonText } from '../text/json';

/** `kanilink certificates`: expiry and pins. Changes nothing. */
export async function certificates({ fleet, json }: Invocation, world: World): Promise<number> {
  const loaded = await loadFleet(fleet, world);
  if (!loaded.ok) return report(null, loaded.problems, json, world);
  const read = await world.engine.certificates(loaded.text, { signal: world.signal, timeoutMs: 120_000 });
  return read.ok
    ? report(read.value, read.value.problems, json, world)
    : report(null, [problemOf(read.error)], json, world);
}

function report(
  read: CertificatesReport | null,
  problems: readonly Problem[],
  json: boolean,
  world: World,
): number {
  if (json) world.print(jsonText({ servers: read?.servers ?? [], problems }));
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
