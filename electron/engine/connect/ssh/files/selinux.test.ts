import { describe, expect, it } from 'vitest';
import { ok } from '../../../../../shared/base/result';
import { keepContext } from './selinux';

const where = { server: 'idm-a', endpoint: 'ssh://a' };
const never = new AbortController().signal;
const old = 'system_u:object_r:kanidm_conf_t:s0';

// No SELinux can be had on the machines the tests run on: what its tools say is theirs, as coreutils documents it.
function machine(contexts: Record<string, string>, mayRelabel = true) {
  const ran: string[] = [];
  const run = (argv: readonly string[]) => {
    ran.push(argv.join(' '));
    const [program, first = ''] = argv;
    const path = argv.at(-1) ?? '';
    if (program === 'chcon' && mayRelabel)
      contexts[path] = contexts[first.replace('--reference=', '')] ?? '?';
    const stderr = program === 'chcon' && !mayRelabel ? 'chcon: Operation not permitted\n' : '';
    const stdout = program === 'stat' ? `${contexts[path] ?? '?'}\n` : '';
    return Promise.resolve(ok({ exitCode: stderr === '' ? 0 : 1, stdout, stderr, cut: false }));
  };
  return { ran, contexts, keep: keepContext(where, run) };
}

describe('the SELinux context of a replaced file', () => {
  it('is that of the old one', async () => {
    const { keep, contexts, ran } = machine({ '/c': old, '/.new': 'system_u:object_r:etc_t:s0' });
    expect((await keep('/c', '/.new', never)).ok).toBe(true);
    expect(contexts['/.new']).toBe(old);
    expect(ran).toContain('chcon --reference=/c -- /.new');
  });

  it('that cannot be given keeps the file from being replaced', async () => {
    const { keep } = machine({ '/c': old, '/.new': 'u:r:etc_t' }, false);
    const kept = await keep('/c', '/.new', never);
    if (kept.ok) throw new Error('kept');
    expect(kept.error.code).toBe('cannot-keep-context');
    expect(kept.error.detail).toBe(`wanted ${old}\ngot    u:r:etc_t\nchcon: Operation not permitted`);
  });

  it('is nobody’s business where there is none', async () => {
    const { keep, ran } = machine({});
    expect((await keep('/c', '/.new', never)).ok).toBe(true);
    expect(ran).toEqual(['stat -c %C -- /c']);
  });
});
