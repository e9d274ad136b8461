import type { DeployHistory } from '../../../shared/plan/model/history';
import { type Problem, problemOf } from '../../../shared/base/problem';
import type { Invocation } from '../base/arguments';
import { readOnly } from '../base/fleet-argument';
import { forgetfulOf } from '../base/forgetful';
import { interruptedOf } from '../base/interrupted';
import { historyText } from '../text/history';
import { hasErrors, problemsText } from '../text/problems';
import { exit, type World } from '../base/world';
import { jsonText } from '../text/json';

/** `kanilink history`: past deploys as their journals on this machine tell them. Asks no server. */
export async function history({ fleet, json }: Invocation, world: World): Promise<number> {
  const loaded = await readOnly(fleet, world);
  if (!loaded.ok) return report(null, loaded.problems, json, world);
  const read = await world.engine.pastDeploys(loaded.text);
  if (!read.ok) return report(null, [problemOf(read.error)], json, world);
  const problems = [...(await interruptedOf(loaded.text, world)), ...(await forgetfulOf(loaded.text, world))];
  return report(read.value, problems, json, world);
}

function report(
  read: DeployHistory | null,
  problems: readonly Problem[],
  json: boolean,
  world: World,
): number {
  if (json) {
    const deploys = (read?.deploys ?? []).map(({ folder, files: _files, steps, ...it }) => ({
      ...it,
      journal: folder,
      steps: steps.map(({ id, server, action, summary, state, note }) => ({
        ...{ id, server, action, summary, state, note },
      })),
    }));
    const interrupted = read?.interrupted ?? null;
    world.print(jsonText({ deploys, interrupted, unreadable: read?.unreadable ?? [], problems }));
  } else {
    const parts = [problemsText(problems, world.paint), read === null ? '' : historyText(read, world.paint)];
    world.print(parts.filter((part) => part !== '').join('\n\n'));
  }
  return hasErrors(problems) ? exit.failed : exit.well;
}
