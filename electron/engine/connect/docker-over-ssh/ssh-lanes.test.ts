import { describe, expect, it } from 'vitest';
import { type Fault, fail, ok, type Result } from '../../../../shared/base/result';
import type { Program } from '../ssh/session/program';
import { SshLanes } from './ssh-lanes';

const refusal: Fault = { code: 'channel-refused', message: 'refused', fix: '', where: {} };
const program = { closed: new Promise<void>(() => undefined) } as unknown as Program;

/** Lanes whose connections answer as told, one answer for each start. */
function lanes(answers: readonly Result<Program>[]): {
  readonly lanes: SshLanes;
  readonly asked: () => number;
} {
  let asked = 0;
  const start = (): Promise<Result<Program>> => Promise.resolve(answers[asked++] ?? ok(program));
  const open = () => ({
    lease: { release: () => Promise.resolve() },
    session: () => Promise.resolve(ok({ start })),
  });
  return { lanes: new SshLanes({ open, each: 2, most: 2 }), asked: () => asked };
}
const signal = new AbortController().signal;

describe('a connection in which nothing of ours runs', () => {
  it('may refuse a few times: the host still counts what ended', async () => {
    const { lanes: some, asked } = lanes([fail(refusal), fail(refusal), ok(program)]);
    expect(await some.start(['docker'], signal)).toMatchObject({ ok: true });
    expect(asked()).toBe(3);
  });

  it('that goes on refusing is told, and asked no more', async () => {
    const { lanes: none, asked } = lanes(Array.from({ length: 20 }, () => fail(refusal)));
    expect(await none.start(['docker'], signal)).toMatchObject({ error: { code: 'channel-refused' } });
    expect(asked()).toBe(4);
  });

  it('is waited for no longer than the call', async () => {
    const { lanes: none, asked } = lanes(Array.from({ length: 20 }, () => fail(refusal)));
    expect(await none.start(['docker'], AbortSignal.abort())).toMatchObject({ ok: false });
    expect(asked()).toBe(1);
  });
});

it('another fault is told at once', async () => {
  const { lanes: one, asked } = lanes([fail({ ...refusal, code: 'connection-lost' })]);
  expect(await one.start(['docker'], signal)).toMatchObject({ error: { code: 'connection-lost' } });
  expect(asked()).toBe(1);
});
