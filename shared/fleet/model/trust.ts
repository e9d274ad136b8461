import { z } from 'zod';
import { onOneLine } from '../../base/escape-controls';
import {
  fieldNames,
  fieldOf,
  type KindName,
  kindNames,
  kindOf,
  kinds,
  nameApart,
  ownSchemas,
} from '../../connect/kinds';
import type { Fleet } from './fleet';

/**
 * What trust in a fleet file is about: whom Kanilink dials for it, what it reads on this computer for that, and what it
 * runs over there. Names, origins, links and positions are not part of it: nothing is dialled by them, and what they
 * change on servers a person reviews.
 */
export const serverUse = z.object({
  connect: z.enum(kindNames),
  endpoint: z.string(),
  config: z.string().nullable(),
  /** Of paths of this computer, the absolute one; null: the person's own. */
  ...ownSchemas(z.string().nullable(), z.boolean()),
});
export type ServerUse = Readonly<z.output<typeof serverUse>>;

/** What a person is asked before a fleet file is acted on. */
export const trustQuestion = z.object({
  /** The file; null: a fleet that was never saved, kept when Kanilink ended. */
  path: z.string().nullable(),
  /** It was trusted before, and something is new since: only what is new or different is listed. */
  changed: z.boolean(),
  /** The file is as it was trusted: what is new stands in changes that are not saved. */
  unsaved: z.boolean(),
  servers: z.array(z.object({ id: z.string(), use: serverUse })).readonly(),
  /** Files that were trusted with it, absolute, and hold something else now. */
  contents: z.array(z.string()).readonly(),
});
export type TrustQuestion = Readonly<z.output<typeof trustQuestion>>;

/**
 * What each server of a fleet makes Kanilink use.
 *
 * @param absolute the absolute path for a path as the file has it
 */
export function usesOf(fleet: Fleet, absolute: (path: string) => string): TrustQuestion['servers'] {
  return fleet.servers.map((server) => ({
    id: server.id,
    // What is of no use to anybody (names, links) is stripped.
    use: serverUse.parse({ ...NOTHING, ...kindOf(server).resolvePaths(server, absolute) }),
  }));
}

/** What a kind of connection that has no such field uses of it. */
const NOTHING = ownSchemas(null, false);

const keys = Object.keys(serverUse.shape) as readonly (keyof ServerUse)[];

/** Two uses with the same key are the same use. */
export const useKey = (use: ServerUse): string => JSON.stringify(keys.map((key) => use[key]));

/** More servers than these are counted, not listed: a dialog must fit on a screen. */
const LISTED = 12;

/** The question in words: a title, and the lines under it. */
export function trustWords(question: TrustQuestion): {
  readonly title: string;
  readonly lines: readonly string[];
} {
  const { servers, contents } = question;
  const uses = servers.map(({ use }) => use);
  const listed = servers.slice(0, LISTED).map(({ id, use }) => `    ${id}: ${reached(use)}`);
  const more = servers.length - listed.length;
  const ssh = uses.some((use) => use.endpoint.startsWith('ssh://'));
  const sections: readonly (readonly [string, readonly (string | null)[]])[] = [
    ...kindNames.flatMap((kind) => trustedFiles(kind, uses)),
    ['Running there', uses.map(program)],
    ['Working on the files', uses.map((use) => use.config)],
  ];
  const onlyContents = servers.length === 0;
  const { title, first, connects } = about(question);
  const lines = [
    first,
    '',
    ...(onlyContents ? [] : [connects]),
    ...listed,
    ...(more > 0 ? [`    and ${more} more ${more === 1 ? 'server' : 'servers'}`] : []),
    ...(ssh ? ['With your SSH agent and the keys in ~/.ssh'] : []),
    ...sections.flatMap(([title, values]) => section(title, values)),
    ...section('Changed since you trusted it: the host keys or the authority in', contents),
    ...(contents.length === 0 ? [] : ['Who answers with one of these is believed without a question.']),
    '',
    contents.length === 0
      ? 'Trust it only if you know who wrote it. Nothing is read or dialled until then.'
      : 'Trust it only if you know who wrote it. Nothing is dialled until then.',
  ];
  return { title, lines: lines.map(onOneLine) };
}

/** What a question is about, and how its list of servers begins. */
function about({ path, changed, unsaved, servers }: TrustQuestion) {
  const connects = 'It would connect to';
  if (path === null)
    return {
      title: 'Trust this fleet file?',
      first: 'This fleet was never saved. Its draft was kept when Kanilink ended.',
      connects,
    };
  if (servers.length === 0)
    return {
      title: 'Trust the changed files of this fleet?',
      first: `What ${path} believes is not as it was when you trusted it.`,
      connects,
    };
  if (!changed)
    return {
      title: 'Trust this fleet file?',
      first: `${path} was not made by Kanilink on this computer.`,
      connects,
    };
  return unsaved
    ? {
        title: 'Trust the unsaved changes?',
        first: `${path} is as you trusted it. The changes that are not saved are not.`,
        connects: 'They would also connect to',
      }
    : {
        title: 'Trust the changed fleet file?',
        first: `${path} is not as it was when you trusted it.`,
        connects: 'Now it would also connect to',
      };
}

/** The files of this computer that uses name by a kind's own fields, with what they are used for. */
const trustedFiles = (
  kind: KindName,
  uses: readonly ServerUse[],
): readonly (readonly [title: string, files: readonly (string | null)[]])[] =>
  fieldNames(kind).flatMap((name) => {
    const title = fieldOf(kind, name).trusted;
    const files = uses.map((use) => use[name]).map((file) => (typeof file === 'string' ? file : null));
    return title === undefined ? [] : [[title, files] as const];
  });

function section(title: string, values: readonly (string | null)[]): readonly string[] {
  const distinct = [...new Set(values)].filter((value) => value !== null);
  const more = distinct.length - LISTED;
  if (distinct.length === 0) return [];
  return [
    title,
    ...distinct.slice(0, LISTED).map((value) => `    ${value}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

function reached(use: ServerUse): string {
  const name = nameApart(use);
  // An engine is told apart by how it is reached; a server over SSH is reached by nothing else.
  const own = `${use.connect}://`;
  const endpoint = use.endpoint.startsWith(own) ? use.endpoint.slice(own.length) : use.endpoint;
  const { label, unit } = kinds[use.connect];
  return `${label} ${endpoint}${name === null ? '' : `, ${unit} ${name}`}`;
}

function program({ kanidmd, service, sudo }: ServerUse): string | null {
  if (kanidmd === null) return null;
  const unit = service === null ? '' : `, unit ${service}`;
  return `${sudo ? 'sudo ' : ''}${kanidmd}${unit}`;
}
