import { describe, expect, it } from 'vitest';
import { onMount } from './config-fixed';

// As the kernel prints it (proc(5)); the third line's file system is read-only, the fourth line's mount.
const mounts = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:5 / /proc rw,nosuid - proc proc rw
24 22 8:2 / /srv rw,relatime shared:2 - ext4 /dev/sdb1 ro,errors=remount-ro
25 22 8:1 /nix/store /nix/store ro,relatime shared:1 - ext4 /dev/sda1 rw
26 22 8:1 /x /etc/kanidm/server.toml rw - ext4 /dev/sda1 rw
27 22 8:1 / /a\\040b ro - ext4 /dev/sda1 rw
28 22 0:9 / /over ro - tmpfs tmpfs rw
29 28 0:8 / /over rw - tmpfs tmpfs rw
`;

describe('what the mounts say of a file', () => {
  it.each([
    ['/etc/kanidmd/server.toml', null],
    ['/srv/kanidm/server.toml', 'read-only'],
    ['/srvx/server.toml', null],
    ['/nix/store/abc-server.toml', 'read-only'],
    ['/etc/kanidm/server.toml', 'mounted-alone'],
    ['/a b/server.toml', 'read-only'],
    // The later mount lies over the earlier one.
    ['/over/server.toml', null],
  ])('%s: %s', (file, wanted) => expect(onMount(mounts, file)).toBe(wanted));

  it('is nothing where they cannot be read', () => {
    expect(onMount('', '/etc/a')).toBeNull();
    expect(onMount('what is this\n', '/etc/a')).toBeNull();
  });
});
