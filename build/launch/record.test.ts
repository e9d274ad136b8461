import { describe, expect, it } from 'vitest';
import { record, sorted } from './record.mjs';

describe('npm run record', () => {
  it('takes a file for a program and anything else for an image', () => {
    expect(sorted(['README.md', 'kanidm/server:1.10.5'], process.cwd())).toEqual({
      programs: [`${process.cwd()}/README.md`],
      images: ['kanidm/server:1.10.5'],
    });
  });

  it.each([[[]], [['--frob']], [['a,b']], [['']]])('refuses %j with 64', async (names) => {
    expect(await record(names)).toBe(64);
  });

  it('helps', async () => {
    expect(await record(['--help'])).toBe(0);
  });
});
