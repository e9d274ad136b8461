import { describe, expect, it } from 'vitest';
import { fleetOfTest, observedOfTest, type SeenServer } from '../../../test/support/fleet-fixtures';
import { ownersOf } from '../../fleet/model/owners';
import { readLog } from '../../kanidmd/rounds';
import type { ObservedServer } from '../../observed/observed';
import { renewalObstacles } from './renewal-obstacles';

/* Half a renewal leaves no pull of a server working: each of these is found before it begins. */

const mine: SeenServer = { id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] };
const theirs: SeenServer = { id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] };

/** What keeps idm-a's certificate from being renewed. */
function found(a: Partial<ObservedServer> | SeenServer = {}, b: Partial<ObservedServer> | SeenServer = {}) {
  const [server, other] = [
    'tables' in a ? observedOfTest(a) : { ...observedOfTest(mine), ...a },
    'tables' in b ? observedOfTest(b) : { ...observedOfTest(theirs), ...b },
  ];
  const ownerOf = ownersOf(fleetOfTest(['idm-a', 'idm-b'], []), [server, other]);
  return renewalObstacles(server, [other], ownerOf);
}
/** The same, `CODE PARTNER`. */
const obstacles = (...args: Parameters<typeof found>): readonly string[] =>
  found(...args).map(({ code, partner }) => `${code} ${partner ?? ''}`);
/** Its log, in which it says that it cannot resolve a name. */
const lost = (host: string) =>
  readLog(
    [
      {
        at: 1_000_000,
        text: `00000000-0000-0000-0000-000000000000 WARN     🚧 [warn]: Unable to resolve 'repl://${host}:8444' to ip:port. | err: Custom { kind: Uncategorized, error: "failed to lookup address information" }`,
      },
    ],
    0,
    2_000_000,
  );

describe('a renewal', () => {
  it('has none where all run and show certificates', () => expect(obstacles()).toEqual([]));

  it.each([
    ['the server shows no certificate', obstacles({ certificate: null }), ['no-certificate ']],
    [
      'a partner does not run',
      obstacles({}, { ...theirs, state: 'stopped' }),
      ['partner-not-running idm-b', 'partner-without-certificate idm-b'],
    ],
    ['a partner cannot be read', obstacles({}, { config: null }), ['partner-not-running idm-b']],
    ['a partner shows none', obstacles({}, { certificate: null }), ['partner-without-certificate idm-b']],
    ['one that does not pin it shows none', obstacles({}, { ...theirs, tables: null }), []],
    [
      'the fleet does not know a partner',
      obstacles({ ...mine, tables: ['idm-b mutual-pull', 'idm-c allow-pull'] }),
      ['unknown-partner-blocks-renewal '],
    ],
  ])('where %s', (_what, those, expected) => expect(those).toEqual(expected));

  it('is kept by a partner without a certificate only where that one pins it, beside whomever else', () => {
    const pinning = (...tables: readonly string[]) =>
      obstacles({}, { ...observedOfTest({ ...theirs, tables }), certificate: null });
    expect(pinning('idm-c pull')).toEqual([]);
    expect(pinning('idm-c pull', 'idm-a pull')).toEqual(['partner-without-certificate idm-b']);
  });

  it('names the partner that is why where there is one, and says what is wrong with it', () => {
    expect(found({}, { config: null })[0]?.message).toMatch(/^idm-b cannot be read: /);
    expect(found({}, { state: 'stopped' })[0]?.message).toMatch(/^idm-b does not run: /);
    for (const it of found({ certificate: null })) expect(it).not.toHaveProperty('partner');
  });

  it('has one where a partner’s name does not resolve', () => {
    expect(obstacles({ log: lost('idm-b.example.com') })).toEqual(['partner-name-not-found ']);
    expect(obstacles({ log: lost('idm-c.example.com') })).toEqual([]);
  });
});
