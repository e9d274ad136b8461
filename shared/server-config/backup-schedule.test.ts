import { describe, expect, it } from 'vitest';
import { whyNoSchedule } from './backup-schedule';

/** kanidmd 1.10.5 was asked about each of these, and of those below, with `configtest`; it does the same with every one. */
const taken = [
  '@daily',
  '@hourly',
  '@weekly',
  '@monthly',
  '@yearly',
  '  @daily ',
  '0 22 * * *',
  '03 */6 * * *',
  '0 0 1 1 *',
  '0 22 * * 1-7',
  '0 22 * * Mon-Fri',
  '0 22 * jan,JUNE Sun',
  '0 22 ? * ?',
  '0 22 1-15/3 * *',
  '5/10 * * * *',
  '1 2 3 5 12 * 2099',
  '3 2 1 * * Mon *',
  '0 0 22 * * *',
  '0 22 29 2 *',
  '0  22   * *  *',
  // Blanks around a number are its own.
  '0 22 ,1 * *',
  '-1 22 * * *',
  '******',
  '0-59/59 22 * * *',
  '0 22 * * Mon,3-5,*',
];

const refused = [
  'every day',
  '',
  '0',
  '0 22',
  '@Daily',
  '@daily 1',
  '@annually',
  '@reboot',
  '60 22 * * *',
  '0 24 * * *',
  '0 22 0 * *',
  '0 22 32 * *',
  '0 22 * 13 *',
  // Sunday is 1 here, and nothing is 0 or 8.
  '0 22 * * 0',
  '0 22 * * 0-6',
  '0 22 * * 8',
  '0 22 * * Fri-Mon',
  '0 22 * * Mon/2',
  '0 22 * * Funday',
  '0 22 * Juli *',
  '? 22 * * *',
  '0 22-2 * * *',
  '*/0 * * * *',
  '*/60 * * * *',
  '0 22 * * 1,2 ,3',
  '0 0-59/59 * * *',
  '0 22 1, * *',
  '0 22 L * *',
  '0 22 * * 5#2',
  '1.5 22 * * *',
  '0 22 30 2 *',
  '0 22 31 feb,apr *',
  '1 2 3 5 12 * 2023',
  '1 2 3 5 12 * 1969',
  '0 0 22 * * * * *',
  '99999999999999999999 * * * *',
  'mon * * * *',
];

describe('the schedule of online backups', () => {
  it.each(taken)('is taken: %j', (text) => expect(whyNoSchedule(text, 2026)).toBeNull());
  it.each(refused)('is refused: %j', (text) => expect(whyNoSchedule(text, 2026)).not.toBeNull());
  it('is read in no time, whatever it says', () => {
    expect(whyNoSchedule(`${'*/1,'.repeat(100)}* * * * *`, 2026)).toBeNull();
    expect(whyNoSchedule('1,'.repeat(1_000_000), 2026)).toBe('it is too long');
  });
});
