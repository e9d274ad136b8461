import type { ServerConnection } from '../../connect/connection';
import { uncancelled } from '../../base/time';

/** A stop that takes longer is told about. Milliseconds. */
const SLOW_MS = 8_000;
/** The manager's answer must not take longer than the operator's patience. Milliseconds. */
const LOOK_MS = 5_000;

/** What a stop that takes long means. */
export const STILL_STOPPING =
  'Still stopping: kanidmd ignores a stop until it is killed if a partner’s name does not resolve, which takes 40 s or more.';

/**
 * Says so when a restart is slow because the old process is still stopping. Asks the manager: a restart can also be slow
 * because the new process is starting, and then nothing is said.
 * @returns ends the watch; called as soon as the restart has been answered.
 */
export function sayIfStillStopping(
  connection: Pick<ServerConnection, 'service'>,
  say: (text: string) => void,
): () => void {
  let over = false;
  const slow = setTimeout(() => {
    void connection.service.state(uncancelled(LOOK_MS)).then((state) => {
      if (!over && state.ok && state.value.state === 'stopping') say(STILL_STOPPING);
    });
  }, SLOW_MS);
  return () => {
    over = true;
    clearTimeout(slow);
  };
}
