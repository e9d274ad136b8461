import type { HelperView } from '../../engine/connect/connection';
import type { Invocation } from '../base/arguments';
import { loadFleet } from '../base/fleet-argument';
import { problemsText } from '../text/problems';
import { unknownServer, usageError } from '../base/usage';
import { type Problem, problemOf } from '../../../shared/base/problem';
import { jsonText } from '../text/json';
import { exit, type World } from '../base/world';

/** `kanilink helper`: the program and the sudoers lines for a login that is not root. Changes nothing. */
export async function helper(
  { fleet, server, user, database, json }: Invocation,
  world: World,
): Promise<number> {
  const loaded = await loadFleet(fleet, world);
  if (!loaded.ok) return report(null, loaded.problems, json, world);
  const stranger = unknownServer('--server', [server ?? ''], loaded.fleet.servers);
  if (stranger !== null) return usageError(stranger, '', json, world);
  const call = { signal: world.signal, timeoutMs: 60_000, user, database };
  const made = await world.engine.helper(loaded.text, server ?? '', call);
  return made.ok ? report(made.value, [], json, world) : report(null, [problemOf(made.error)], json, world);
}

function report(made: HelperView | null, problems: readonly Problem[], json: boolean, world: World): number {
  if (json) world.print(jsonText({ helper: made, problems }));
  else if (made === null) world.print(problemsText(problems, world.paint));
  else world.print(helperWords(made));
  return made === null ? exit.failed : exit.well;
}

function helperWords({ path, sha256, install, sudoers, readOnly, warning }: HelperView): string {
  const look =
    readOnly.length === 0
      ? []
      : [
          '',
          '# For a login that only looks (status, plan, watch): these lines instead, with visudo -f /etc/sudoers.d/kanilink.',
          ...readOnly.map((line) => `#   ${line}`),
        ];
  return [
    `# To deploy, this login may run one program as root: ${path}`,
    `# SHA-256 ${sha256}`,
    `# ${warning}`,
    '# Read it, then paste all of this into a root shell on the server; it allows:',
    `#   ${sudoers}`,
    ...look,
    '',
    install.trimEnd(),
  ].join('\n');
}
