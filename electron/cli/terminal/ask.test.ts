import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPrompter } from './ask';
import { cancelOnInterrupt } from './interrupt';
import { LineEditor } from './line-editor';

const hostKey = {
  server: 'idm-a',
  host: '[127.0.0.1]:2222',
  keyType: 'ssh-ed25519',
  fingerprint: 'SHA256:abc',
  line: '[127.0.0.1]:2222 ssh-ed25519 AAAAC3Nz',
  knownHostsFile: '/known_hosts',
};
const password = { server: 'idm-a', kind: 'password', subject: 'admin@192.0.2.7', attempt: 1 } as const;
const never = new AbortController().signal;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanilink-ask-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

function personWith(
  path: string | null,
  readSecret = (_prompt: string) => Promise.resolve<string | null>('typed'),
) {
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  return { said, prompter: createPrompter({ program: path, readSecret, say, limitMs: 1500 }) };
}

describe('the program in KANILINK_ASK', () => {
  it('is given the kind and the subject, and its first line is the answer', async () => {
    const path = await program('echo', 'printf "%s for %s\\nmore\\n" "$1" "$2"');
    const { prompter } = personWith(path);
    expect(await prompter.secret(password, never)).toBe('password for admin@192.0.2.7');
    expect(await prompter.secret({ ...password, kind: 'passphrase', subject: '/k y' }, never)).toBe(
      'passphrase for /k y',
    );
    expect(await prompter.secret({ ...password, kind: 'answer', prompt: 'Code: $(x)' }, never)).toBe(
      'answer for admin@192.0.2.7 Code: $(x)',
    );
  });

  it('keeps spaces and shell characters of a secret', async () => {
    const path = await program('odd', "printf '%s\\n' ' a $b `c` \"d\" '");
    expect(await personWith(path).prompter.secret(password, never)).toBe(' a $b `c` "d" ');
  });

  it('accepts a host key by yes alone', async () => {
    const yes = await program(
      'yes',
      '[ "$1" = host-key ] && [ "$2" = "[127.0.0.1]:2222 ssh-ed25519 SHA256:abc" ] && echo yes',
    );
    expect(await personWith(yes).prompter.acceptHostKey(hostKey, never)).toBe(true);
    for (const answer of ['Yes', 'y', 'no', '', 'yes please'])
      expect(
        await personWith(await program('other', `echo "${answer}"`)).prompter.acceptHostKey(hostKey, never),
      ).toBe(false);
  });

  it.each([
    ['fails', 'echo secret; echo secret >&2; exit 3', /exited with 3/],
    ['takes too long', 'exec sleep 30', /took over 2 s/],
  ])('declines when it %s, and never repeats what it said', async (_what, script, words) => {
    const { prompter, said } = personWith(await program('bad', script));
    expect(await prompter.secret(password, never)).toBeNull();
    expect(said.join()).toMatch(words);
    expect(said.join()).not.toContain('secret;');
  });

  it('declines when there is no such program', async () => {
    const { prompter, said } = personWith(join(folder, 'none'));
    expect(await prompter.secret(password, never)).toBeNull();
    expect(said.join()).toContain('there is no such program');
  });
});

describe('the terminal', () => {
  it('asks for one secret at a time, though servers ask side by side', async () => {
    let open = 0;
    let most = 0;
    const prompts: string[] = [];
    const { prompter } = personWith(null, async (prompt) => {
      prompts.push(prompt);
      most = Math.max(most, (open += 1));
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return prompt;
    });
    await Promise.all([1, 2, 3].map((attempt) => prompter.secret({ ...password, attempt }, never)));
    expect(most).toBe(1);
    expect(prompts[0]).toBe('idm-a: password of admin@192.0.2.7: ');
    expect(prompts[1]).toMatch(/^That was not it/);
  });

  it('does not ask when nobody waits for the answer any more', async () => {
    expect(await personWith(null).prompter.secret(password, AbortSignal.abort())).toBeNull();
  });

  it('never accepts an unknown host key by itself, and prints how to', async () => {
    const { prompter, said } = personWith(null);
    expect(await prompter.acceptHostKey(hostKey, never)).toBe(false);
    expect(said.join()).toContain(
      "printf '\\n%s\\n' '[127.0.0.1]:2222 ssh-ed25519 AAAAC3Nz' >> /known_hosts",
    );
    expect(said.join()).toContain('SHA256:abc');
  });

  it.each([
    ['abc\r', { kind: 'done', line: 'abc' }],
    ['abx\u007Fc\r', { kind: 'done', line: 'abc' }],
    ['wrong\u0015pässwörd 🔑\u007F\n', { kind: 'done', line: 'pässwörd ' }],
    ['ab\u0003', { kind: 'given-up', interrupt: true }],
    ['\u0004', { kind: 'given-up', interrupt: false }],
    ['ab\u0004', { kind: 'typing' }],
  ])('understands the keys %j', (keys, state) => {
    expect(new LineEditor().type(keys)).toEqual(state);
  });
});

describe('Ctrl-C', () => {
  it('cancels at first, quits the second time', () => {
    const listeners = new Map<string, () => void>();
    const quits: number[] = [];
    const source = {
      on(name: string, listener: () => void) {
        listeners.set(name, listener);
      },
    };
    const signal = cancelOnInterrupt(
      source,
      () => undefined,
      (code) => quits.push(code),
    );
    expect(signal.aborted).toBe(false);
    listeners.get('SIGINT')?.();
    expect([signal.aborted, quits]).toEqual([true, []]);
    listeners.get('SIGINT')?.();
    expect(quits).toEqual([130]);
  });
});
