import type { DeployHistory } from '../../../shared/plan/history';
import type { Problem } from '../../../shared/problem';
import type { Invocation } from '../arguments';
import { loadFleet } from '../fleet-argument';
import { interruptedOf } from '../interrupted';
import { historyText, whatCanBeDone } from '../text/history';
import { faultProblem, hasErrors, problemsText } from '../text/problems';
import { exit, type World } from '../world';

/** `kanilink history`: past deploys as their journals on this machine tell them. Asks no server. */
export async function history({ fleet, json }: Invocation, world: World): Promise<number> {
  const loaded = await loadFleet(fleet, world);
  if (!loaded.ok) return report(null, loaded.problems, json, world);
  const read = await world.engine.history(loaded.text);
  if (!read.ok) return report(null, [faultProblem(read.error)], json, world);
  const problems = [...(await interruptedOf(loaded.text, world)), ...read.value.unreadable.map(unread)];
  return report(read.value, problems, json, world);
}

function report(
  read: DeployHistory | null,
  problems: readonly Problem[],
  json: boolean,
  world: World,
): number {
  if (json) {
    const deploys = (read?.deploys ?? []).map(({ folder, files: _files, steps, ...it }, index) => ({
      ...it,
      journal: folder,
      steps: steps.map(({ id, server, action, summary, state, note }) => ({
        ...{ id, server, action, summary, state, note },
      })),
      possible: read?.deploys[index] ? whatCanBeDone(read.deploys[index], read) : [],
    }));
    const interrupted = read?.interrupted ?? null;
    world.print(JSON.stringify({ deploys, interrupted, problems }, null, 2));
  } else {
    const parts = [problemsText(problems, world.paint), read === null ? '' : historyText(read, world.paint)];
    world.print(parts.filter((part) => part !== '').join('\n\n'));
  }
  return hasErrors(problems) ? exit.failed : exit.well;
}

/** Whose it was cannot be told either: it may be another fleet's. */
const unread = (deploy: string): Problem => ({
  severity: 'warning',
  code: 'journal-unreadable',
  server: null,
  message: `The journal of the deploy ${deploy} cannot be read; it may be one of this fleet.`,
  fix: 'Look into its folder below the --config-dir by hand.',
  where: {},
});
