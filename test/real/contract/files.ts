import { posix } from 'node:path';
import { expect, it } from 'vitest';
import type { ServerConnection } from '../../../electron/engine/connect/connection';
import { sha256Of } from '../../../electron/engine/connect/common/files';
import { fault, value } from '../../support/results';
import { call } from '../../ssh/sshd';
import type { Seat } from './seat';

const bytes = (text: string) => new TextEncoder().encode(text);
const OLD = '# old: ä 🪨\nkey = "value"\n';
const NEW = '# new\n';
const ABOUT = { uid: 1234, gid: 99, mode: 0o460 };

/** What holds of files, whatever the way. */
export function filesHold(seat: () => Seat, server: () => ServerConnection): void {
  const folder = () => posix.dirname(seat().config);
  const at = (name: string) => posix.join(folder(), name);
  const limits = { ...call(30_000), maxBytes: 1000 };

  it('reads a file with its checksum, owner and mode, and says what is none', async () => {
    const path = at('read.toml');
    seat().hands.put(path, OLD, ABOUT);
    const content = value(await server().readFile(path, limits));
    expect(Buffer.from(content.bytes).toString()).toBe(OLD);
    expect(content.sha256).toBe(sha256Of(bytes(OLD)));
    expect(content.stat).toMatchObject({ kind: 'file', size: bytes(OLD).length, ...ABOUT });
    expect(value(await server().stat(path, call(20_000)))).toEqual(content.stat);
    expect(Math.abs(content.stat.modifiedAt - Date.now())).toBeLessThan(60_000);
    expect(value(await server().stat(folder(), call(20_000)))).toMatchObject({ kind: 'folder' });
    expect(value(await server().stat(at('none'), call(20_000)))).toBeNull();
    expect(fault(await server().readFile(at('none'), limits)).code).toBe('no-such-file');
    expect(fault(await server().readFile(folder(), limits)).code).toBe('not-a-file');
    expect(fault(await server().readFile(path, { ...limits, maxBytes: 10 })).code).toBe('file-too-large');
  });

  it('replaces a file whole: owner and mode kept, a link kept, nothing left beside it', async () => {
    const { hands } = seat();
    const path = at('kept.toml');
    const link = at('link.toml');
    hands.put(path, OLD, ABOUT);
    hands.link(path, link);
    const before = hands.list(folder());
    const sha = sha256Of(bytes(OLD));
    expect(value(await server().replaceFile(link, bytes(NEW), { ...call(30_000), expect: sha }))).toBe(
      sha256Of(bytes(NEW)),
    );
    expect(hands.get(path)).toBe(NEW);
    expect(hands.about(path)).toEqual(ABOUT);
    expect(hands.isLink(link)).toBe(true);
    expect(hands.list(folder())).toEqual(before);
    // The same expectation does not hold a second time.
    const refused = fault(await server().replaceFile(path, bytes(OLD), { ...call(30_000), expect: sha }));
    expect(refused.code).toBe('file-changed');
    expect(hands.get(path)).toBe(NEW);
    expect(
      fault(await server().replaceFile(at('none'), bytes(''), { ...call(30_000), expect: sha })).code,
    ).toBe('no-such-file');
    expect(hands.list(folder())).toEqual(before);
  });

  it('replaces by what is larger than a packet, and by nothing', async () => {
    const path = at('sizes.toml');
    const large = `${'#'.repeat(99)}\n`.repeat(3_000);
    seat().hands.put(path, OLD, ABOUT);
    const wide = { ...call(30_000), expect: sha256Of(bytes(OLD)) };
    const sha = value(await server().replaceFile(path, bytes(large), wide));
    expect(seat().hands.get(path)).toBe(large);
    value(await server().replaceFile(path, bytes(''), { ...call(30_000), expect: sha }));
    expect(seat().hands.get(path)).toBe('');
    expect(seat().hands.about(path)).toEqual(ABOUT);
  });

  it('gives private scratch folders that go away', async () => {
    const before = seat().hands.list(folder());
    const one = value(await server().scratch(call(20_000)));
    expect(posix.dirname(one.path).startsWith(folder())).toBe(true);
    expect(value(await server().stat(one.path, call(20_000)))).toMatchObject({ kind: 'folder', mode: 0o700 });
    value(await one.remove(call(20_000)));
    expect(value(await server().stat(one.path, call(20_000)))).toBeNull();
    const again = value(await server().scratch(call(20_000)));
    value(await again.remove(call(20_000)));
    expect(seat().hands.list(folder())).toEqual(before);
  });

  it('makes folders for backups, and tells the space for them', async () => {
    const { hands } = seat();
    const path = at('kanilink-backups');
    value(await server().makeFolder(path, 0o700, call(20_000)));
    value(await server().makeFolder(path, 0o700, call(20_000)));
    expect(hands.about(path).mode).toBe(0o700);
    hands.put(at('open'), '', { uid: 0, gid: 0, mode: 0o644 });
    expect(fault(await server().makeFolder(at('open'), 0o700, call(20_000))).code).toBe('file-exists');
    expect(fault(await server().makeFolder(folder(), 0o700, call(20_000))).code).toBe('folder-too-open');
    const free = value(await server().freeSpace(folder(), call(20_000)));
    if (free !== null) expect(free).toBeGreaterThan(0);
  });
}
