import { Menu, nativeImage, powerMonitor, Tray, type BrowserWindow } from 'electron';
import { onOneLine } from '../../../shared/base/escape-controls';
import type { Notice } from '../../../shared/events/notices';
import { isQuiet } from '../../../shared/events/quiet-hours';
import type { FromWindow, ToWindow } from '../../../shared/ipc';
import { monotonicNow, wallNow } from '../../engine/base/time';
import { showNotice } from '../show-notice';
import type { SettingsFile } from '../settings';
import { FleetWatcher } from './fleet-watcher';

/** What is known grows old, and quiet hours end. Milliseconds. */
const TICK_MS = 5000;

export interface BackgroundParts {
  /** Path of a picture for the tray. */
  readonly icon: string;
  readonly settings: SettingsFile;
  readonly window: () => BrowserWindow | null;
  readonly show: () => void;
  readonly quit: () => void;
  readonly log: (line: string) => void;
}

/** What the app does while nobody looks at its window: the tray, notices of the desktop, sleep and wake. */
export class Background {
  private tray: Tray | null = null;
  private words = '';
  private readonly watcher: FleetWatcher;

  constructor(private readonly parts: BackgroundParts) {
    const { settings } = parts;
    this.watcher = new FleetWatcher({
      now: () => ({ wall: wallNow(), monotonic: monotonicNow() }),
      isQuiet: () => isQuiet(settings.read().quiet, timeNow()),
      toldBefore: (path) => settings.read().told[path] ?? [],
      certificatesTold: (path, told) => {
        const others = Object.entries(settings.read().told).filter(([known]) => known !== path);
        settings.change({ told: Object.fromEntries([...others.slice(-MOST_TOLD), [path, [...told]]]) });
      },
      tell: (notice) => this.tell(notice),
      changed: (words) => {
        this.words = words;
        this.showWords();
      },
    });
  }

  /** Begins; when the app is ready. */
  start(): void {
    powerMonitor.on('suspend', () => this.watcher.suspend());
    powerMonitor.on('resume', () => this.watcher.resume());
    setInterval(() => this.watcher.tick(), TICK_MS).unref();
    this.settingsChanged();
  }

  /** The tray is there while the app goes on without its window. */
  settingsChanged(): void {
    const wanted = this.parts.settings.read().background;
    if (!wanted) this.tray?.destroy();
    if (!wanted) this.tray = null;
    if (!wanted || this.tray !== null) return;
    try {
      this.tray = new Tray(nativeImage.createFromPath(this.parts.icon));
      this.tray.on('click', this.parts.show);
      this.showWords();
    } catch (cause) {
      this.parts.log(`there is no tray: ${String(cause)}`);
    }
  }

  sent(message: FromWindow): void {
    this.watcher.sent(message);
  }

  received(message: ToWindow): void {
    this.watcher.received(message);
  }

  private showWords(): void {
    const words = onOneLine(this.words);
    this.tray?.setToolTip(`Kanilink: ${words}`);
    this.tray?.setContextMenu(
      Menu.buildFromTemplate([
        { label: words.replaceAll('&', '&&'), enabled: false },
        { type: 'separator' },
        { label: 'Open Kanilink', click: this.parts.show },
        { label: 'Quit', click: this.parts.quit },
      ]),
    );
  }

  private tell(notice: Notice): void {
    const { settings, window, show } = this.parts;
    if (settings.read().notices) showNotice(window(), notice, show);
  }
}

/** Fleets whose certificates are remembered, beside the one at hand. */
const MOST_TOLD = 19;

/** `23:15`, by this computer's clock. */
function timeNow(): string {
  const now = new Date(wallNow());
  return [now.getHours(), now.getMinutes()].map((it) => String(it).padStart(2, '0')).join(':');
}
