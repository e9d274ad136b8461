import { describe, expect, it } from 'vitest';
import { ok } from '../../../../../shared/base/result';
import type { Container } from '../api/container';
import { type Look, refuseLinks } from './links';

/** A file system: folders with owner and mode, links with where they lead. */
const FOLDERS: Readonly<Record<string, readonly [uid: number, mode: number]>> = {
  '/': [0, 0o755],
  '/data': [1000, 0o750],
  '/data/sub': [0, 0o755],
  '/etc': [0, 0o755],
  '/etc/kanidm': [0, 0o755],
  '/shared': [0, 0o775],
};
const LINKS: Readonly<Record<string, string>> = {
  '/data/server.toml': '/etc/shadow',
  '/data/folder': '/etc',
  '/data/sub/link': '/etc/passwd',
  '/shared/link': '/etc/passwd',
  '/etc/kanidm/server.toml': '../real.toml',
  '/etc/kanidm/away': '/data/server.toml',
  '/etc/kanidm/round': '/etc/kanidm/round',
};
const look: Look = {
  linkTarget: async (path) => ok(path.includes('nothing') ? null : { linkTarget: LINKS[path] ?? null }),
  folder: async (path) => {
    const [uid, mode] = FOLDERS[path] ?? [1000, 0o700];
    return ok({ uid, mode });
  },
};
const code = async (path: string, user = '1000:1000') => {
  const container = { user, where: { server: 'idm-a', endpoint: 'unix:///x' } } as unknown as Container;
  const result = await refuseLinks(container, path, look);
  return result.ok ? 'ok' : result.error.code;
};

describe('links in the way of a path', () => {
  it.each([
    ['the file itself, in the user’s folder', '/data/server.toml'],
    ['a folder on the way', '/data/folder/passwd'],
    ['in root’s folder, which the user may move away', '/data/sub/link'],
    ['in a folder its group may write', '/shared/link'],
    ['behind one of root’s own', '/etc/kanidm/away'],
    ['in a circle', '/etc/kanidm/round'],
  ])('%s: refused', async (_, path) => {
    expect(await code(path)).toBe('link-refused');
    expect(await code(path, 'kanidm')).toBe('link-refused');
  });

  it.each([
    ['none', '/data/other.toml'],
    ['one of root’s alone', '/etc/kanidm/server.toml'],
    ['nothing there', '/data/nothing/server.toml'],
  ])('%s: followed', async (_, path) => {
    expect(await code(path)).toBe('ok');
  });

  it.each(['', '0', '0:0', 'root', 'root:kanidm'])(
    'are root’s to plant in a container of %j',
    async (user) => {
      expect(await code('/data/server.toml', user)).toBe('ok');
    },
  );
});
