import { expect, it } from 'vitest';
import { servesOf } from '../../test/support/status-reports';
import { stillBroken } from './still-believed';

it('keeps what was broken until it is looked at again, and nothing that was well', () => {
  const report = servesOf('2026-11-29T08:00:00Z', {}, 'broken');
  const now = Date.parse('2026-11-29T08:00:00Z');
  expect(stillBroken(report, now + 60_000)).toEqual({ servers: [], logins: report.logins });
  expect(stillBroken(report, now + 3_600_000)).toBeNull();
  expect(stillBroken(undefined, now)).toBeNull();
});
