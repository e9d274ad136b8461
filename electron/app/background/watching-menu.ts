import type { MenuItemConstructorOptions } from 'electron';
import type { QuietHours } from '../../../shared/events/quiet-hours';
import type { Settings } from '../settings';

export type WatchingSettings = Pick<Settings, 'background' | 'notices' | 'quiet'>;

/** Hours that the menu offers; others can be written into the settings. */
const OFFERED: readonly QuietHours[] = [
  { from: '22:00', to: '07:00' },
  { from: '20:00', to: '08:00' },
  { from: '18:00', to: '09:00' },
];

/** How the app watches while nobody looks. */
export function watchingMenu(
  { background, notices, quiet }: WatchingSettings,
  change: (part: Partial<WatchingSettings>) => void,
): MenuItemConstructorOptions[] {
  const known = OFFERED.map(wordsOf);
  const offered = quiet === null || known.includes(wordsOf(quiet)) ? OFFERED : [...OFFERED, quiet];
  return [
    {
      ...{ label: 'Keep watching when the window is closed', type: 'checkbox', checked: background },
      click: () => change({ background: !background }),
    },
    {
      ...{ label: 'Tell what breaks and heals', type: 'checkbox', checked: notices },
      click: () => change({ notices: !notices }),
    },
    {
      label: 'Quiet hours',
      submenu: [null, ...offered].map((hours) => ({
        label: hours === null ? 'None' : wordsOf(hours),
        type: 'radio' as const,
        checked: (hours === null ? null : wordsOf(hours)) === (quiet === null ? null : wordsOf(quiet)),
        click: () => change({ quiet: hours }),
      })),
    },
  ];
}

const wordsOf = ({ from, to }: QuietHours): string => `${from} to ${to}`;
