import { z } from 'zod';
import { ask, LONGEST_PATH, nothing } from './ask';
import { loginsEvery } from '../serves/logins-every';
import { ruvEvery } from '../ruv/ruv';
import { layout } from './layout';

const theme = z.enum(['system', 'light', 'dark']);

/** What the app keeps of how a person works; it answers itself. */
export const settingsAsks = {
  'settings.read': ask(
    'app',
    nothing,
    z.object({
      theme,
      readOnly: z.boolean(),
      loginsEvery,
      ruvEvery,
      recent: z.array(z.string()),
      layout: layout.exactOptional(),
    }),
  ),
  'settings.write': ask(
    'app',
    z.object({
      theme: theme.optional(),
      readOnly: z.boolean().optional(),
      loginsEvery: loginsEvery.optional(),
      ruvEvery: ruvEvery.optional(),
      recent: z.array(z.string().max(LONGEST_PATH)).max(20).optional(),
      layout: layout.optional(),
    }),
    nothing,
  ),
} as const;
