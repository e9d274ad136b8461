import { describe, expect, it } from 'vitest';
import { certificateOfTest } from '../../test/support/fleet-fixtures';
import { type Origin, trusted } from '../base/names';
import { editServerConfig } from './edit-server-config';
import type { ConfigChange, PartnerType } from './server-config';

/* What the properties of any-spelling.test.ts cannot say: how an edit looks. */

const pin = certificateOfTest('idm-b');
const where = { server: 'idm-a', file: '/data/server.toml' };
const origin = (text: string): Origin => trusted<Origin>(text);
const partner = (type: PartnerType, automaticRefresh = false): ConfigChange => ({
  kind: 'set-partner',
  partner: { origin: origin('repl://new:8444'), type, certificate: pin, automaticRefresh },
});

function edit(text: string, ...changes: ConfigChange[]): string {
  const edited = editServerConfig(new TextEncoder().encode(text), changes, where);
  if (!edited.ok) throw new Error(JSON.stringify(edited.error));
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(edited.value);
}

const table = (key: string): string =>
  `[replication."${key}"]\ntype = "allow-pull"\nconsumer_cert = "${pin}"\n`;

describe('a new partner', () => {
  it('comes after the last replication table, in the style of the file', () => {
    const file = [
      'domain = "x"',
      '  [ replication ]',
      "  origin='repl://a:8444'",
      '',
      '',
      '  # the old one',
      "  [ replication . 'repl://b:8444' ]",
      "    type='allow-pull'",
      `    consumer_cert='${pin}'`,
      '    # it is in the cellar',
      '',
      '# backups',
      '[online_backup]',
      'path = "/data"',
      '',
    ];
    const added = [
      '',
      '',
      "  [ replication . 'repl://new:8444' ]",
      "    type='pull'",
      `    supplier_cert='${pin}'`,
      '    automatic_refresh=true',
    ];
    for (const eol of ['\n', '\r\n'])
      expect(edit(file.join(eol), partner('pull', true))).toBe(file.toSpliced(10, 0, ...added).join(eol));
  });

  it('does not take a setting that a later version plans for a partner', () => {
    const file = `[replication]\norigin = "repl://a:8444"\nkrc_enable = true\n`;
    expect(edit(file, partner('allow-pull'))).toBe(`${file}\n${table('repl://new:8444')}`);
  });

  it('is written like the others where they have no tables of their own', () => {
    const inline = `[replication]\norigin = "repl://a:8444"\n'repl://b:8444' = {type="allow-pull",consumer_cert="${pin}"} # b\n\n[x]\n`;
    expect(edit(inline, partner('allow-pull'))).toBe(
      inline.replace(' # b\n', ` # b\n'repl://new:8444' = { type="allow-pull", consumer_cert="${pin}" }\n`),
    );
    const dotted = `replication.origin = "repl://a:8444"\nreplication."repl://b".type = "allow-pull"\nreplication."repl://b".consumer_cert = "${pin}"\ndomain = "x"\n`;
    expect(edit(dotted, partner('mutual-pull'))).toBe(
      dotted.replace(
        'domain',
        `replication."repl://new:8444".type = "mutual-pull"\nreplication."repl://new:8444".partner_cert = "${pin}"\nreplication."repl://new:8444".automatic_refresh = false\ndomain`,
      ),
    );
    const braces = 'replication = { origin = "repl://a:8444" } # all of it\n';
    expect(edit(braces, partner('allow-pull'))).toBe(
      `replication = { origin = "repl://a:8444", "repl://new:8444" = { type = "allow-pull", consumer_cert = "${pin}" } } # all of it\n`,
    );
  });

  it('begins to pull with the flag that 1.1.0-rc.15 demands', () => {
    const file = table('REPL://NEW:8444/'.replace('REPL', 'repl'));
    expect(edit(file, partner('pull'))).toBe(
      `[replication."repl://NEW:8444/"]\ntype = "pull"\nsupplier_cert = "${pin}"\nautomatic_refresh = false\n`,
    );
  });
});

describe('a key in empty braces', () => {
  it.each([
    ['{}', '{ origin = "repl://new:8444" }'],
    ['{ }', '{ origin = "repl://new:8444" }'],
    ['{  }', '{ origin = "repl://new:8444" }'],
    ['{\t\t}', '{\torigin = "repl://new:8444"\t}'],
  ])('stands between the blanks of %j', (empty, filled) => {
    const file = (braces: string): string => `domain = "x"\nreplication = ${braces} # x\n`;
    expect(edit(file(empty), { kind: 'set-origin', origin: origin('repl://new:8444') })).toBe(file(filled));
  });
});

describe('a removal', () => {
  it('takes a table with its own comments and leaves its neighbours theirs', () => {
    const top = `${table('repl://a:1')}# still a's\n\n# nobody's\n\n`;
    const own = `# b's\n# too\n${table('repl://b:1')}# still b's\n`;
    const below = `\n# c's\n${table('repl://c:1')}`;
    expect(edit(top + own + below, { kind: 'remove-partner', origin: origin('repl://b:1') })).toBe(
      top.replace(/\n$/, '') + below,
    );
    const touching = `${table('repl://a:1')}# c's\n${table('repl://c:1')}`;
    expect(edit(touching, { kind: 'remove-partner', origin: origin('repl://a:1') })).toBe(
      `# c's\n${table('repl://c:1')}`,
    );
  });

  it('does not take the end of a text above for a comment', () => {
    const text = `[x]\nbanner = """\nWelcome\n# of servers: 2"""\n`;
    expect(edit(text + table('repl://b:1'), { kind: 'remove-partner', origin: origin('repl://b:1') })).toBe(
      text,
    );
  });

  it('of the last key takes the section, and leaves a file without replication as it was', () => {
    const file = 'domain = "x"\n\n[online_backup]\npath = "/data"\n';
    const set = edit(file, { kind: 'set-origin', origin: origin('repl://a:8444') }, partner('pull'));
    expect(
      edit(
        set,
        { kind: 'remove-key', key: 'origin' },
        { kind: 'remove-partner', origin: origin('repl://new:8444') },
      ),
    ).toBe(file);
  });
});

describe('several changes', () => {
  it('at the end of a file keep keys above tables', () => {
    expect(
      edit('[replication]\n', partner('allow-pull'), { kind: 'set-origin', origin: origin('repl://a:8444') }),
    ).toBe(
      `[replication]\norigin = "repl://a:8444"\n\n[replication."repl://new:8444"]\ntype = "allow-pull"\nconsumer_cert = "${pin}"\n`,
    );
  });

  it('about one thing: the last counts', () => {
    const file = '[replication]\norigin = "repl://a:8444"\n';
    expect(
      edit(
        file,
        { kind: 'set-bindaddress', bindaddress: '[::]:8444' },
        { kind: 'remove-key', key: 'bindaddress' },
      ),
    ).toBe(file);
  });
});

describe('an edit that is refused', () => {
  it('names line and column of what is not understood', () => {
    const broken = '[replication]\norigin = "repl://a:8444"\n[replication."repl://b:1"]\ntype = "push"\n';
    expect(editServerConfig(new TextEncoder().encode(broken), [partner('pull')], where)).toMatchObject({
      ok: false,
      error: { code: 'partner-type-wrong', where: { ...where, line: 4, column: 8 } },
    });
  });
});

describe('the check', () => {
  it('does not refuse what only one of its two parsers reads', () => {
    // @iarna/toml reads neither such a comment nor such times; the whole number is beyond what a double holds.
    const file = `big = 9007199254740993\r\n# a comment\r\ntimes = [07:32:00, 1979-05-27]\r\n`;
    expect(edit(file, partner('allow-pull'))).toContain(file);
  });
});

describe('braces over several lines (TOML 1.1)', () => {
  const file = (inside: string): string =>
    `[replication]\norigin = "repl://a:8444"\nbindaddress = "[::]:8444"\n"repl://new:8444" = {\n${inside}}\n`;
  const lines = (...more: string[]): string =>
    file([`  type = "mutual-pull", # both ways`, ...more, ''].join('\n'));

  it('take a key as a line, and every comment stays where it was', () => {
    const text = lines('  # the pin', `  partner_cert = "${pin}" # of May`);
    expect(edit(text, partner('mutual-pull', true))).toBe(
      lines('  # the pin', `  partner_cert = "${pin}", # of May`, '  automatic_refresh = true'),
    );
    const closed = lines('  # the pin', `  partner_cert = "${pin}", # of May`);
    expect(edit(closed, partner('mutual-pull', true))).toBe(
      lines('  # the pin', `  partner_cert = "${pin}", # of May`, '  automatic_refresh = true,'),
    );
  });

  it('take a key where nothing stands yet but a comment', () => {
    expect(
      edit('replication = {\n  # nothing yet\n}\n', {
        kind: 'set-bindaddress',
        bindaddress: '[::]:8444',
      }),
    ).toBe('replication = {\n  bindaddress = "[::]:8444",\n  # nothing yet\n}\n');
  });

  it('lose a key with its line and its own comment', () => {
    const text = `replication = {\n  origin = "repl://a:8444", # this host\n  # how often\n  task_poll_interval = 30, # seconds\n}\n`;
    expect(edit(text, { kind: 'remove-key', key: 'task_poll_interval' })).toBe(
      `replication = {\n  origin = "repl://a:8444", # this host\n}\n`,
    );
    expect(edit(text, { kind: 'remove-key', key: 'origin' })).toBe(
      `replication = {\n  # how often\n  task_poll_interval = 30, # seconds\n}\n`,
    );
  });

  it('lose a key whose comma leads the next line', () => {
    const text = 'replication = {\n  origin = "repl://a:8444" # this host\n  , task_poll_interval = 30\n}\n';
    expect(edit(text, { kind: 'remove-key', key: 'origin' })).toBe(
      'replication = {\n   # this host\n   task_poll_interval = 30\n}\n',
    );
  });
});
