import { describe, expect, it } from 'vitest';
import { configOfCommand } from './config-path';

const said = (command: string, ...more: [Record<string, string>?, (string | null)?]) => {
  const found = configOfCommand(command.split(' '), 'kanidmd', ...more);
  return found.kind === 'path' ? found.path : found.kind;
};

describe('the config in the words that start kanidmd', () => {
  it.each([
    ['/usr/sbin/kanidmd server -c /etc/kanidm/server.toml', '/etc/kanidm/server.toml'],
    ['kanidmd server --config-path=/a.toml', '/a.toml'],
    ['kanidmd server --config /a.toml --other', '/a.toml'],
    ['kanidmd -c /a.toml server', '/a.toml'],
    ['kanidmd --config-path /a.toml server', '/a.toml'],
    ['kanidmd server -c/a.toml', '/a.toml'],
    ['kanidmd server -c=/a.toml', '/a.toml'],
    ['kanidmd server -c /etc/../etc/a.toml', '/etc/a.toml'],
    ['kanidmd server', 'default'],
    ['/usr/bin/env A=1 /opt/kanidm/kanidmd server -c /a.toml', '/a.toml'],
    ['setpriv --reuid=kanidm -- kanidmd server -c /a.toml', '/a.toml'],
    // A shell's -c is its own.
    ['/bin/sh -c exec kanidmd server -c /etc/kanidm/server.toml', '/etc/kanidm/server.toml'],
    ['/bin/bash -lc kanidmd server', 'default'],
    ['/bin/sh -c exec kanidmd server -c $CONF', 'unclear'],
    ['/bin/sh -c cp /a /b && kanidmd server -c /b', 'unclear'],
    ["/bin/sh -c kanidmd server -c '/a b'", 'unclear'],
    ['/bin/sh /opt/start-kanidm', 'unclear'],
    ['/opt/start-kanidm -c /etc/other.toml', 'unclear'],
    // One path or two words: systemd prints no quotes.
    ['kanidmd server -c /etc/my folder/server.toml', 'unclear'],
    ['kanidmd server -c server.toml', 'unclear'],
    ['kanidmd server -c ${CONF}', 'unclear'],
    ['', 'unclear'],
  ])('%s: %s', (command, wanted) => {
    expect(said(command)).toBe(wanted);
  });

  it('has what systemd fills in, and starts where the service does', () => {
    expect(said('kanidmd server -c ${CONF}', { CONF: '/x.toml' })).toBe('/x.toml');
    expect(said('kanidmd server -c $DIR/a.toml', { DIR: '/x' })).toBe('/x/a.toml');
    expect(said('kanidmd server -c server.toml', {}, '/srv/kanidm')).toBe('/srv/kanidm/server.toml');
  });
});
