import { powerSaveBlocker } from 'electron';

const LOOK_EVERY_MS = 1000;

/**
 * Keeps the computer from falling asleep by itself as long as something must not be left in the middle. A lid that is
 * closed still puts it to sleep.
 * @param needed asked once a second.
 */
export function stayAwakeWhile(needed: () => boolean): void {
  let blocker: number | null = null;
  setInterval(() => {
    if (needed() === (blocker !== null)) return;
    if (blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension');
    else {
      powerSaveBlocker.stop(blocker);
      blocker = null;
    }
  }, LOOK_EVERY_MS).unref();
}
