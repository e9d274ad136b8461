import { z } from 'zod';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
/** Hours in which nobody is told anything, by this computer's clock: `22:00` to `07:00`. */
export const quietHours = z.object({ from: time, to: time }).readonly();
export type QuietHours = z.output<typeof quietHours>;

/** @param now `23:15` */
export function isQuiet(quiet: QuietHours | null, now: string): boolean {
  if (quiet === null || quiet.from === quiet.to) return false;
  const { from, to } = quiet;
  return from < to ? from <= now && now < to : now >= from || now < to;
}
