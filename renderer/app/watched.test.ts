import { expect, it } from 'vitest';
import { problemsOfDrawing, watchedOf, withRemedyHere } from './watched';
import { readFleet } from '../../shared/fleet/read/read-fleet';
import { removeServer } from '../../shared/fleet/edit/edit-fleet';
import { removeLink } from '../../shared/fleet/edit/edit-links';
import { FleetDocument } from '../document/document.svelte';
import type { Problem } from '../../shared/base/problem';
import type { PullView } from '../live/pull-view';
import '../dev/all-loaded';

const server = (id: string): string =>
  `\n[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://${id}"\norigin = "repl://${id}:8444"\n`;
const text = `version = 1\nname = "Lab"\n${['a', 'b', 'c'].map((id) => server(id)).join('')}
[[link]]\nsupplier = "a"\nconsumer = "b"\n\n[[link]]\nsupplier = "a"\nconsumer = "c"\n`;

function withoutC(): FleetDocument {
  const document = new FleetDocument();
  document.take('/lab.toml', text, text);
  document.edit('Remove c', (from) => removeServer(from, 'c', { listRemoved: true }));
  return document;
}
const reading = { last: null, notKnown: null };
const difference = { kind: 'removed', changes: [], notRead: [] } as const;
const outOf = (document: FleetDocument) =>
  document.left.map((was) => ({ id: was.id, drawn: null, was, reading, difference, strangers: [] }));

it('what was taken out and runs is watched on, reached as it was', () => {
  const document = withoutC();
  const before = readFleet(text, null).fleet;
  const { question, reach } = watchedOf(document, { servers: outOf(document) });
  const { fleet, problems } = readFleet(question.text, null);
  expect(problems).toEqual([]);
  expect(fleet?.servers).toEqual(before?.servers);
  expect(fleet?.removed).toEqual([]);
  document.undo();
  expect(reach).toEqual(document.reach);
});

it('who left is known of a draft that is taken back, through a text that cannot be read, and is forgotten when undone', () => {
  const { text: after } = withoutC();
  const draft = new FleetDocument();
  draft.take('/lab.toml', after, text);
  expect(draft.left.map(({ id }) => id)).toEqual(['c']);
  const typed = new FleetDocument();
  typed.take('/lab.toml', text, text);
  typed.edit('Edit', () => ({ ok: true, value: 'version = ' }));
  typed.edit('Edit', () => ({ ok: true, value: after }));
  expect(typed.left.map(({ id }) => id)).toEqual(['c']);
  typed.undo();
  typed.undo();
  expect(typed.left).toEqual([]);
});

const withoutServer = (id: string) => (from: string) => removeServer(from, id, { listRemoved: true });

it('what was taken out of a file while nobody trusted it is not watched once the rest is trusted', () => {
  const document = new FleetDocument();
  document.take('/theirs.toml', text, text, false);
  document.edit('Remove c', withoutServer('c'));
  document.trusted = true;
  expect(document.left).toEqual([]);
  document.edit('Remove b', withoutServer('b'));
  expect(document.left.map(({ id }) => id)).toEqual(['b']);
  expect(
    readFleet(watchedOf(document, { servers: outOf(document) }).question.text, null).fleet?.servers,
  ).toHaveLength(2);
});

it('what left a trusted text is known on, while what was taken in its place is asked about', () => {
  const document = withoutC();
  document.takeTheirs('Take what is on disk', withoutServer('b')(document.text), false);
  expect(document.trusted).toBe(false);
  expect(document.left.map(({ id }) => id)).toEqual(['c', 'b']);
  document.edit('Remove a', withoutServer('a'));
  document.trusted = true;
  expect(document.left.map(({ id }) => id)).toEqual(['c', 'b']);
});

it('the way back to a text that nobody trusted takes its trust away; the way forth gives none', () => {
  const document = new FleetDocument();
  document.take('/theirs.toml', text, text, false);
  document.edit('Remove c', withoutServer('c'));
  document.trusted = true;
  document.undo();
  expect(document.trusted).toBe(false);
  document.redo();
  expect(document.trusted).toBe(false);
});

it('of a draft only the servers of a trusted text on disk are known as taken out', () => {
  const { text: after } = withoutC();
  const strange = new FleetDocument();
  strange.take('/theirs.toml', after, text, true, { id: 'one', baseTrusted: false });
  expect(strange.trusted).toBe(true);
  expect(strange.left).toEqual([]);
  const untrusted = new FleetDocument();
  untrusted.take('/theirs.toml', after, text, false);
  expect(untrusted.left).toEqual([]);
});

it('while nobody runs outside the drawing, the drawing is what is watched', () => {
  const document = withoutC();
  expect(watchedOf(document, { servers: [] })).toEqual({
    question: document.question(),
    reach: document.reach,
  });
});

it('problems are those of the drawing as it is now: no part, count or lack of links that is not, nothing about who left', () => {
  const problem = (code: string, of: string | null): Problem => ({
    ...{ severity: 'warning', code, server: of, message: code, fix: '', where: {} },
  });
  const seen = [
    ...[problem('fleet-in-parts', null), problem('more-than-two-servers', null), problem('no-links', null)],
    ...[problem('server-stopped', 'c'), problem('server-stopped', 'b')],
  ];
  const document = withoutC();
  const told = (): readonly (readonly [string, string | null])[] =>
    problemsOfDrawing(seen, { pulls: document.topology?.pulls ?? [] }, ['c']).map(({ code, server: of }) => [
      code,
      of,
    ]);
  expect(told()).toEqual([['server-stopped', 'b']]);
  expect(document.problems).toEqual([]);
  document.edit('Remove the link', (from) => removeLink(from, { supplier: 'a', consumer: 'b' }));
  expect(told()).toEqual([
    ['no-links', null],
    ['server-stopped', 'b'],
  ]);
  document.undo();
  document.undo();
  expect(document.problems.map(({ code }) => code)).toEqual([
    'more-than-two-servers',
    'single-point-of-failure',
  ]);
});

it('a pull with a server that was taken out is ended by a deploy, and by no button that would reach that server', () => {
  const pull: PullView = {
    ...{
      consumer: 'a',
      supplier: 'c',
      health: 'broken',
      removed: true,
      cause: 'c is stopped.',
      fix: 'Start it.',
    },
    ...{ remedy: { kind: 'start', server: 'c' }, lastSuccess: null },
  };
  expect(withRemedyHere(pull, [{ id: 'c' }]).remedy).toEqual({ kind: 'deploy' });
  expect(withRemedyHere(pull, []).remedy).toEqual(pull.remedy);
});
