import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { watchOutputs } from './outputs';
import { exit } from '../base/world';

/** A stream whose writes fail with a code, or work. `autoDestroy: false` is how Node makes standard output of a file. */
const output = (code: string | null): Writable =>
  new Writable({
    autoDestroy: false,
    write: (_chunk, _encoding, done) =>
      done(code === null ? null : Object.assign(new Error(`${code}: no`), { code })),
  });

describe('the end of a command', () => {
  it.each([
    ['a full disk is a failure', 'ENOSPC', exit.well, exit.failed],
    ['a full disk leaves a worse code', 'ENOSPC', exit.usage, exit.usage],
    ['a reader that stopped is none', 'EPIPE', exit.well, exit.well],
    ['what is written leaves the code', null, exit.attention, exit.attention],
  ])('%s', async (_title, fault, code, ends) => {
    const said: string[] = [];
    let closed = 0;
    const stdout = output(fault);
    const end = watchOutputs({
      stdout,
      stderr: output(null),
      say: (text) => void said.push(text),
      closed: () => closed++,
    });
    stdout.write('a result\n');
    expect(await end(code)).toBe(ends);
    expect(said.join()).toBe(
      fault === 'ENOSPC' ? 'kanilink: standard output could not be written: ENOSPC: no' : '',
    );
    expect(closed > 0).toBe(fault === 'EPIPE');
  });
});
