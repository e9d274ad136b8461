import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateFile } from '../../test/support/server-toml/generated-file';
import { meaningOf } from '../../test/support/server-toml/meaning';
import { stagedCopy } from './staged-copy';

const copy = (text: string): string => {
  const made = stagedCopy(new TextEncoder().encode(text), '/run/kanilink/x/', {});
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(made.value);
};

describe('the copy for configtest', () => {
  it('points into the folder, binds no LDAP and backs nothing up; the rest is byte for byte the same', () => {
    const rest = '\n# LDAP next year\n[replication]\norigin = "repl://a:8444" # mine\n';
    const own = 'domain = "x"\ndb_path = \'/data/kanidm.db\'\nldapbindaddress = "[::]:636"\n';
    const backup = '\n[online_backup]\npath = "/data/backups/"\n';
    expect(copy(own + rest + backup)).toBe(
      `domain = "x"\ndb_path = '/run/kanilink/x/kanidm.db'\nadminbindpath = "/run/kanilink/x/kanidmd.sock"\n${rest}\n`,
    );
  });

  it('takes many dotted keys in one go', () => {
    const many = Array.from({ length: 5000 }, (_, at) => `online_backup.k${at} = ${at}\n`).join('');
    expect(copy(`${many}domain = "x"\n`)).not.toContain('online_backup');
  });

  it('of a file in any spelling means the same but for these', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 500, size: 'max' }), (bytes) => {
        const { text } = generateFile(bytes);
        const { online_backup: _backup, ...rest } = meaningOf(text);
        expect(meaningOf(copy(text))).toEqual({
          ...rest,
          db_path: '/run/kanilink/x/kanidm.db',
          adminbindpath: '/run/kanilink/x/kanidmd.sock',
        });
      }),
      { numRuns: process.env['KANILINK_LONG'] === '1' ? 5000 : 100 },
    );
  });
});
