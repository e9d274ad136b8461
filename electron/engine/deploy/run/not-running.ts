import { type Result, fail, ok } from '../../../../shared/base/result';
import { fileWords } from '../../storage/file-words';
import { sayNotRunning } from '../journal/glance';
import { deployer } from '../deployment/locks';
import { type FleetKey, lifeOfDeploy, readDeploys, isOf, whatHolds } from '../journal/read-journal';
import { stillRunning } from '../journal/still-running';

/**
 * Takes a person's word that no deploy of a fleet runs, where that cannot be known: its program ran on another machine or
 * in another container, or its journal cannot be read. A deploy that does run is none of these.
 * @returns the deploys it was said of; fault `deploy-running` when one runs for certain, and then nothing is noted.
 */
export async function notRunning(configDir: string, fleet: FleetKey): Promise<Result<readonly string[]>> {
  const past = await readDeploys(configDir);
  const { unreadable } = whatHolds(past, fleet);
  const unsure = past.deploys.filter((it) => isOf(it, fleet) && it.state === 'running');
  for (const it of unsure) if ((await lifeOfDeploy(it)) === 'alive') return fail(stillRunning(it));
  const all = [...unsure, ...unreadable];
  const { who } = deployer();
  for (const { folder } of all) {
    try {
      await sayNotRunning(folder, who);
    } catch (error) {
      return fail({
        code: 'journal-unwritable',
        message: `That it does not run cannot be written down: ${fileWords(error)}.`,
        fix: 'Make the folder writable; nothing was changed.',
        where: { file: folder },
      });
    }
  }
  return ok(all.map((it) => it.deploy));
}
