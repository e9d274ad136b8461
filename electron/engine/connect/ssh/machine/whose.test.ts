import { describe, expect, it } from 'vitest';
import type { Identity } from './identity';
import type { Component } from './path-walk';
import { whose } from './whose';

const kanidm: Identity = { uid: 990, gid: 991, groups: [995], name: 'kanidm' };
const folder = (path: string, mode = 0o755, uid = 0, gid = 0): Component => ({
  path,
  kind: 'folder',
  uid,
  gid,
  mode,
});
const file = (path: string, mode = 0o640, uid = 0, gid = 0): Component => ({
  ...folder(path, mode, uid, gid),
  kind: 'file',
});
const link = (path: string): Component => ({ ...folder(path, 0o777), kind: 'link' });
const top = [folder('/'), folder('/var'), folder('/var/lib')];

describe('as whom to work at the end of a way', () => {
  it('is root where every folder is root’s alone', () => {
    const way = [folder('/'), folder('/etc'), folder('/etc/kanidm', 0o750, 0, 991)];
    expect(whose(way, 'change', kanidm)).toMatchObject({ uid: 0 });
    // Whose the file is says nothing of who may put another in its place.
    expect(whose([...way, file('/etc/kanidm/server.toml', 0o600, 990, 991)], 'read', kanidm)).toMatchObject({
      uid: 0,
    });
    expect(whose([folder('/'), link('/etc'), folder('/nix')], 'read', kanidm)).toMatchObject({ uid: 0 });
  });

  it('is the owner of the first folder that is not root’s, and of no two', () => {
    const theirs = [...top, folder('/var/lib/kanidm', 0o750, 990, 991)];
    expect(whose(theirs, 'change', kanidm)).toMatchObject({ uid: 990, enter: '/var/lib/kanidm' });
    expect(whose([...theirs, folder('/var/lib/kanidm/x', 0o755)], 'change', kanidm)).toMatchObject({
      uid: 990,
      enter: '/var/lib/kanidm',
    });
    expect(whose([...theirs, file('/var/lib/kanidm/a', 0o600, 0)], 'read', kanidm)).toMatchObject({
      uid: 990,
      enter: '/var/lib/kanidm',
    });
    const two = [...theirs, folder('/var/lib/kanidm/x', 0o755, 1000)];
    expect(whose(two, 'change', kanidm)).toEqual({ refused: 'of-several', path: '/var/lib/kanidm/x' });
  });

  it('is nobody where everybody may write, and in a sticky folder whoever the next name is', () => {
    for (const uid of [0, 990])
      expect(whose([...top, folder('/var/lib/open', 0o777, uid)], 'read', kanidm)).toEqual({
        refused: 'open-to-all',
        path: '/var/lib/open',
      });
    const tmp = [folder('/'), folder('/tmp', 0o1777)];
    expect(whose(tmp, 'change', kanidm)).toEqual({ refused: 'open-to-all', path: '/tmp' });
    expect(whose([...tmp, folder('/tmp/a', 0o755)], 'change', kanidm)).toMatchObject({ uid: 0 });
    expect(whose([...tmp, folder('/tmp/a', 0o755, 1000)], 'change', kanidm)).toMatchObject({ uid: 1000 });
    expect(whose([...tmp, file('/tmp/a', 0o644, 1000)], 'read', kanidm)).toMatchObject({ uid: 1000 });
    expect(whose([...tmp, { ...link('/tmp/a'), uid: 1000 }, folder('/etc')], 'read', kanidm)).toMatchObject({
      uid: 1000,
    });
  });

  it('is entered as root only where nobody but root can have put it there', () => {
    const tmp = [folder('/'), folder('/tmp', 0o1777)];
    const theirs = [...tmp, folder('/tmp/a', 0o755, 990)];
    expect(whose(theirs, 'change', kanidm)).toEqual({ uid: 990, enter: null });
    expect(whose([...theirs, folder('/tmp/a/b', 0o755, 990)], 'change', kanidm)).toEqual({
      uid: 990,
      enter: null,
    });
    expect(whose([...theirs, folder('/tmp/a/b', 0o770, 0, 991)], 'change', kanidm)).toEqual({
      uid: 990,
      enter: null,
    });
  });

  it('is nobody for what is not there yet in a folder where everybody may put it', () => {
    const tmp = [folder('/'), folder('/tmp', 0o1777)];
    expect(whose(tmp, 'read', kanidm, false)).toEqual({ refused: 'open-to-all', path: '/tmp' });
    expect(whose(tmp, 'read', kanidm)).toMatchObject({ uid: 0 });
    expect(whose([...tmp, folder('/tmp/a')], 'read', kanidm, false)).toMatchObject({ uid: 0 });
  });

  it('is nobody where an access control list lets others write', () => {
    const way = [...top, { ...folder('/var/lib/kanidm', 0o775), listed: true }];
    expect(whose(way, 'change', kanidm)).toEqual({ refused: 'open-by-list', path: '/var/lib/kanidm' });
  });

  it('is the service’s user where root’s folder is open to their group, and nobody where to another', () => {
    const group = (gid: number) => [...top, folder('/var/lib/kanidm', 0o770, 0, gid)];
    expect(whose(group(991), 'change', kanidm)).toMatchObject({ uid: 990, enter: '/var/lib/kanidm' });
    expect(whose(group(995), 'change', kanidm)).toMatchObject({ uid: 990, enter: '/var/lib/kanidm' });
    expect(whose(group(0), 'change', kanidm)).toMatchObject({ uid: 0 });
    for (const service of [kanidm, null, { ...kanidm, uid: 0, gid: 4, groups: [] }])
      expect(whose(group(4), 'change', service)).toEqual({
        refused: 'open-to-group',
        path: '/var/lib/kanidm',
      });
  });
});
