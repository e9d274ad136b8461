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
  it('points into the folder and leaves LDAP its form and backups their schedule; the rest is byte for byte the same', () => {
    const rest = '\n# LDAP next year\n[replication]\norigin = "repl://a:8444" # mine\n';
    const own = 'domain = "x"\ndb_path = \'/data/kanidm.db\'\nldapbindaddress = "[::]:636"\n';
    const backup = '\n[online_backup]\npath = "/data/backups/"\nschedule = "0 22 * * *"\n';
    expect(copy(own + rest + backup)).toBe(
      `domain = "x"\ndb_path = '/run/kanilink/x/kanidm.db'\nldapbindaddress = "127.0.0.1:0"\nadminbindpath = "/run/kanilink/x/sock"\n${rest}\n[online_backup]\npath = "/run/kanilink/x/backups"\nschedule = "0 22 * * *"\n`,
    );
  });

  it('moves every address of a list, and a backup in any spelling', () => {
    const list = copy(
      'ldapbindaddress = ["0.0.0.0:636", # four\n  "[::]:636", 7]\nonline_backup.path = \'/b\'\n',
    );
    expect(meaningOf(list.replace(', 7', ''))).toMatchObject({
      ldapbindaddress: ['127.0.0.1:0', '127.0.0.1:0'],
      online_backup: { path: '/run/kanilink/x/backups' },
    });
    expect(list).toContain('# four');
    expect(copy('online_backup = { schedule = "x", path = "/b" }\n')).toContain(
      '{ schedule = "x", path = "/run/kanilink/x/backups" }',
    );
  });

  it('says less than a log level that would drown the answer; a wrong one stays', () => {
    expect(copy('log_level = "trace"\n')).toContain('log_level = "info"');
    expect(copy('log_level = "loud"\n')).toContain('log_level = "loud"');
  });

  it('leaves what kanidmd refuses for it to refuse', () => {
    expect(copy('online_backup = "/b"\n')).toContain('online_backup = "/b"');
    expect(copy('ldapbindaddress = 636\n')).toContain('ldapbindaddress = 636');
  });

  it('is none where the path of its admin socket would be too long for a system, and says so', () => {
    const text = new TextEncoder().encode('domain = "x"\n');
    expect(stagedCopy(text, `/${'x'.repeat(101)}`, {}).ok).toBe(true);
    // Bytes count, not letters.
    for (const folder of [`/${'x'.repeat(102)}`, `/${'é'.repeat(51)}`])
      expect(stagedCopy(text, folder, {})).toMatchObject({
        ok: false,
        error: { code: 'socket-path-too-long', message: expect.stringContaining(`${folder}/sock`) },
      });
  });

  it('of a file in any spelling means the same but for these', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 500, size: 'max' }), (bytes) => {
        const { text } = generateFile(bytes);
        const meant = meaningOf(text);
        const backup = meant['online_backup'] as Record<string, unknown> | undefined;
        const moved = backup && 'path' in backup ? { ...backup, path: '/run/kanilink/x/backups' } : backup;
        expect(meaningOf(copy(text))).toEqual({
          ...meant,
          ...(['debug', 'trace'].includes(String(meant['log_level'])) ? { log_level: 'info' } : {}),
          ...(meant['ldapbindaddress'] === undefined ? {} : { ldapbindaddress: '127.0.0.1:0' }),
          ...(moved === undefined ? {} : { online_backup: moved }),
          db_path: '/run/kanilink/x/kanidm.db',
          adminbindpath: '/run/kanilink/x/sock',
        });
      }),
      { numRuns: process.env['KANILINK_LONG'] === '1' ? 5000 : 100 },
    );
  });
});
