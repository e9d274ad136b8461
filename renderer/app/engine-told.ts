import type { EngineMessage } from '../../shared/ipc';
import type { Run } from '../deploys/deploy-run.svelte';
import type { App } from './app.svelte';
import { tellWhose } from './trust';

const STOPPED = 'The engine, the part of Kanilink that talks to servers, has stopped.';

/**
 * The engine's process stopped or runs again. What was watched is watched again without a click; a deploy is not begun
 * again by itself, it stands as interrupted, to be resumed or rolled back.
 */
export function engineTold(app: App, told: EngineMessage): void {
  const before = app.engine;
  app.engine = told.state === 'running' ? null : told;
  // Asked first: until the app has heard it, nothing reaches the new engine.
  if (told.state === 'running') void app.client.ask('engine.heard', {});
  if (told.state === 'stopped')
    app.notices.show('bad', STOPPED, 'It stopped several times. Restart it: menu Help, Restart engine.', {
      holds: () => app.engine?.state === 'stopped',
    });
  if (told.state !== 'running') return;
  if (before !== null) sayRestarted(app);
  // Also where it is the first that this page hears of it: what it asked until now, the engine may not have got.
  void tellWhose(app).then(() => {
    app.onDisk.again();
    app.lookAgain(true);
  });
}

function sayRestarted(app: App): void {
  const { run } = app.deploy;
  const RESTARTED = 'The engine had stopped and was started again.';
  if (run?.outcome === 'lost')
    app.notices.show(
      'warn',
      RESTARTED,
      'The deploy was interrupted: its journal says how far it came. Resume it or roll it back.',
      { holds: () => app.deploy.run === run && !isSettled(app, run) },
    );
  else app.notices.show('warn', RESTARTED, 'The servers are watched again.');
}

/** The journals say that a deploy needs nothing more: it came to its end, or another one finished or undid it. */
const isSettled = ({ past }: App, { journal }: Run): boolean =>
  past.known.deploys.some(
    ({ folder, state, settledBy }) => folder === journal && (state === 'finished' || settledBy !== null),
  );

/** The engine's state in words for the status line. */
export const engineWords = ({ state, inMs }: EngineMessage): string =>
  state === 'restarting' && inMs !== null
    ? `the engine stopped · it is started again within ${Math.round(inMs / 1000)} s`
    : 'the engine stopped · menu Help, Restart engine';
