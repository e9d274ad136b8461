import { describe, expect, it } from 'vitest';
import { negotiate } from './api-version';

const asked = (newest: string, oldest: string | null) => {
  const result = negotiate({ server: 'idm-a', endpoint: 'unix:///x' }, newest, oldest);
  return result.ok ? result.value : result.error.code;
};

describe('the version of the API', () => {
  it.each([
    ['Docker 20.10', '1.41', '1.12', '1.41'],
    ['Podman 4 and 5', '1.41', '1.24', '1.41'],
    ['Docker 27', '1.47', '1.24', '1.47'],
    ['Docker 29', '1.52', '1.44', '1.52'],
    ['an engine of tomorrow', '1.61', '1.44', '1.52'],
    ['one that says no oldest', '1.40', null, '1.40'],
    ['one that has dropped all that is known here', '1.70', '1.53', 'engine-too-new'],
    ['another major version', '2.0', '2.0', 'engine-too-new'],
    ['Docker 18.09', '1.39', '1.12', 'engine-too-old'],
    ['numbers, not text', '1.9', '1.1', 'engine-too-old'],
  ])('of %s', (_, newest, oldest, expected) => {
    expect(asked(newest, oldest)).toBe(expected);
  });

  it('that is not spoken here is said with what to do', () => {
    const result = negotiate({ server: 'idm-a', endpoint: 'unix:///x' }, '1.24', null);
    expect(result).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('1.24'), fix: expect.stringContaining('Docker 19.03') },
    });
  });
});
