import { describe, expect, it } from 'vitest';
import { fleetOfTest, originOfTest } from '../../../test/support/fleet-fixtures';
import type { StatusServer } from '../../observed/status';
import { leftOf } from './left';
import { namesOf } from './names-of';

const before = fleetOfTest(['idm-a', 'idm-b', 'idm-c'], []);
const [a, b, c] = before.servers;
if (a === undefined || b === undefined || c === undefined) throw new Error('three servers');
const idsOf = (left: readonly { readonly id: string }[]): readonly string[] => left.map(({ id }) => id);

describe('who left a drawing', () => {
  it('is who was in it and is not any more, until they are back', () => {
    const after = { ...before, servers: [a] };
    const left = leftOf(before, after, []);
    expect(idsOf(left)).toEqual(['idm-b', 'idm-c']);
    expect(idsOf(leftOf(after, { ...before, servers: [a, c] }, left))).toEqual(['idm-b']);
    expect(leftOf(after, before, left)).toEqual([]);
  });

  it('is not who has another id, or another place in it', () => {
    const renamed = fleetOfTest(['idm-x'], []).servers.map((it) => ({ ...b, id: it.id }));
    expect(leftOf(before, { ...before, servers: [c, a, ...renamed] }, [])).toEqual([]);
  });

  it('has the origin it was listed as removed with, where the drawing had none', () => {
    const nameless = { ...before, servers: [a, { ...b, origin: null }] };
    const after = { ...before, servers: [a], removed: [originOfTest('idm-b')] };
    expect(leftOf(nameless, after, [])).toMatchObject([{ id: 'idm-b', origin: originOfTest('idm-b') }]);
  });

  it('stays as it was while the drawing cannot be read', () => {
    expect(leftOf(before, null, [c])).toEqual([c]);
    expect(leftOf(null, { ...before, servers: [a, b] }, [c])).toEqual([c]);
  });
});

it('the names of a server are its own and those its partners have a table for, each once', () => {
  const runs = (origin: string | null, ...partners: readonly (readonly [string, string | null])[]) => {
    const table = { type: 'pull', automaticRefresh: false, fingerprint: null } as const;
    const runsWith = {
      origin,
      bindaddress: null,
      partners: partners.map(([it, of]) => ({ ...table, origin: it, server: of })),
    };
    return { last: { runsWith } as unknown as StatusServer, notKnown: null };
  };
  const servers = [
    { id: 'idm-a', reading: runs('repl://a:1', ['repl://B:8444', 'idm-b'], ['repl://x:1', null]) },
    { id: 'idm-b', reading: runs('repl://b:8444', ['repl://a:1', 'idm-a']) },
    { id: 'idm-c', reading: runs(null, ['repl://b.cable:8444', 'idm-b']) },
    { id: 'idm-d', reading: { last: null, notKnown: 'It has not answered yet.' } },
  ];
  expect(namesOf(servers, 'idm-b')).toEqual(['repl://B:8444', 'repl://b.cable:8444']);
  expect(namesOf(servers, 'idm-d')).toEqual([]);
});
