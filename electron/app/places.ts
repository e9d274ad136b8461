import { app } from 'electron';
import { join } from 'node:path';
import { startOfPractice } from '../engine/base/own-program';

/** Where the app's own parts lie (in a checkout, or in the package's archive) and where it keeps things. */
export interface Places {
  readonly renderer: string;
  readonly preload: string;
  /** A picture for the tray. */
  readonly icon: string;
  readonly engineProgram: string;
  /** The words that start the practice host. */
  readonly practiceProgram: readonly string[];
  /** Settings, journal, backups of server files. */
  readonly userData: string;
  readonly logFile: string;
}

/** Call it after `userData` is set for good. */
export function places(): Places {
  const out = join(app.getAppPath(), 'out');
  const userData = app.getPath('userData');
  return {
    renderer: join(out, 'renderer'),
    preload: join(out, 'preload', 'preload.cjs'),
    icon: join(out, 'renderer', 'tray.png'),
    engineProgram: join(out, 'main', 'engine.cjs'),
    practiceProgram: startOfPractice(join(out, 'main')),
    userData,
    logFile: join(userData, 'logs', 'kanilink.log'),
  };
}
