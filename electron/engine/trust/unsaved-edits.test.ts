import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type TrustQuestion, trustWords } from '../../../shared/fleet/model/trust';
import type { FleetText } from '../../../shared/ipc';
import { inOwnFolder } from '../../../test/support/own-folder';
import { FleetTrust } from './fleet-trust';

/** What a question of trust asks about while the window holds changes that are not saved. */

let folder: string;
let path: string;
let hosts: string;
inOwnFolder('unsaved-trust', (made) => {
  folder = made;
  path = join(folder, 'fleet.toml');
  hosts = join(folder, 'known_hosts');
});

const server = (id: string): string =>
  `\n[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://ada@${id}"\nknown_hosts = "known_hosts"\n`;
const fleet = (...ids: string[]): string => `version = 1\nname = "Lab"\n${ids.map(server).join('')}`;
const text = (...ids: string[]) => ({ path, text: fleet(...ids) });

/** A new start of Kanilink. */
const start = () => new FleetTrust({ home: folder, configDir: join(folder, 'config'), log: () => undefined });
const believe = (key: string): Promise<void> => writeFile(hosts, `idm-a ssh-ed25519 ${key}\n`);

/** Asks as the window does. @returns the question, and whether the fleet is trusted now; null: nobody was asked */
async function ask(trust: FleetTrust, of: FleetText, answer = true) {
  let asked: TrustQuestion | null = null;
  const { trusted } = await trust.decide(of, (question) => {
    asked = question;
    return Promise.resolve(answer);
  });
  const question = asked as TrustQuestion | null;
  return {
    trusted,
    servers: question?.servers.map(({ id }) => id) ?? null,
    contents: question?.contents ?? null,
    words: question === null ? '' : [trustWords(question).title, ...trustWords(question).lines].join('\n'),
  };
}

beforeEach(async () => {
  await believe('ONE');
  await writeFile(path, fleet('idm-a', 'idm-b'));
  await start().trust(text('idm-a', 'idm-b'));
});

it('what was drawn in a trusted fleet is not asked about when a host key changes under it', async () => {
  const trust = start();
  expect(await trust.loaded(text('idm-a', 'idm-b'))).toBe(true);
  await believe('TWO');
  const drawn = text('idm-a', 'idm-c');
  expect(await trust.allows(drawn)).toBe(false);
  const asked = await ask(trust, drawn);
  expect(asked).toMatchObject({ trusted: true, servers: [], contents: [hosts] });
  expect(asked.words).not.toContain('idm-c');
  expect(asked.words).not.toContain(`${path} is not as it was`);
  expect(await trust.allows(drawn)).toBe(true);
});

it('nor when the host key had changed before the fleet was opened, or the engine started again since', async () => {
  await believe('TWO');
  const trust = start();
  expect(await trust.loaded(text('idm-a', 'idm-b'))).toBe(false);
  expect(await ask(trust, text('idm-a', 'idm-b', 'idm-c'), false)).toMatchObject({ servers: [] });
  expect(await trust.allows(text('idm-a', 'idm-b', 'idm-c'))).toBe(false);
  const again = start();
  // The window says that what it holds is the person's own.
  expect(await again.judge(text('idm-a', 'idm-c'), fleet('idm-a', 'idm-c'))).toBe(false);
  expect(await again.allows(text('idm-a', 'idm-c'))).toBe(false);
  expect(await ask(again, text('idm-a', 'idm-c'))).toMatchObject({ servers: [], contents: [hosts] });
});

it('a draft is asked about as changes that are not saved: the file is what it was', async () => {
  const trust = start();
  await trust.loaded(text('idm-a', 'idm-b'));
  const draft = text('idm-a', 'idm-b', 'evil');
  expect(await trust.judge(draft, null)).toBe(false);
  const { servers, words } = await ask(trust, draft, false);
  expect(servers).toEqual(['evil']);
  expect(words).toContain('Trust the unsaved changes?');
  expect(words).toContain(`${path} is as you trusted it. The changes that are not saved are not.`);
  expect(words).not.toContain('is not as it was');
  expect(await trust.allows(draft)).toBe(false);
});

it('a draft that was declined is nobody’s own after a new start of the engine: not used, and not trusted where it is saved', async () => {
  const draft = text('idm-a', 'idm-b', 'evil');
  const trust = start();
  await trust.loaded(text('idm-a', 'idm-b'));
  expect(await trust.judge(draft, null)).toBe(false);
  // The file on disk is as it was trusted all the time.
  const again = start();
  expect(await again.allows(draft)).toBe(false);
  const elsewhere = { path: join(folder, 'elsewhere.toml'), text: draft.text };
  await writeFile(elsewhere.path, elsewhere.text);
  await again.saved(elsewhere, path);
  expect(await start().loaded(elsewhere)).toBe(false);
  // Neither does a form that is filled in above it make it so, once the window has said what it holds.
  expect(await again.judge(draft, null)).toBe(false);
  expect(await again.judge(text('idm-a', 'evil', 'idm-c'), draft.text)).toBe(false);
  expect(await ask(again, draft, false)).toMatchObject({ servers: ['evil'] });
});

it('what was drawn is the person’s own after a new start of the engine, once the window says so, and is trusted as it is saved', async () => {
  const drawn = text('idm-a', 'idm-b', 'idm-c');
  const again = start();
  expect(await again.judge(drawn, drawn.text)).toBe(true);
  expect(await again.allows(drawn)).toBe(true);
  await writeFile(path, drawn.text);
  await again.saved(drawn, path);
  expect(await start().loaded(drawn)).toBe(true);
});

it('but not while another program has put into the file what nobody agreed to', async () => {
  await writeFile(path, fleet('idm-a', 'evil'));
  const drawn = text('idm-a', 'idm-b', 'idm-c', 'evil');
  expect(await start().judge(drawn, drawn.text)).toBe(false);
});

it('a file that did change on disk is still said to have changed, whatever the window holds', async () => {
  const trust = start();
  await trust.loaded(text('idm-a', 'idm-b'));
  await writeFile(path, fleet('idm-a', 'evil'));
  expect(await trust.loaded(text('idm-a', 'evil'))).toBe(false);
  const { servers, words } = await ask(trust, text('idm-a', 'evil', 'idm-c'), false);
  expect(servers).toEqual(['evil', 'idm-c']);
  expect(words).toContain(`${path} is not as it was when you trusted it.`);
  expect(await trust.allows(text('idm-a', 'evil'))).toBe(false);
});

it('what another program wrote beside own changes is asked about alone, also while a host key is not believed', async () => {
  const trust = start();
  await trust.loaded(text('idm-a', 'idm-b'));
  const own = fleet('idm-a', 'idm-b', 'idm-c');
  await believe('TWO');
  expect(await trust.judge(text('idm-a', 'idm-b', 'idm-c', 'evil'), own)).toBe(false);
  expect(await ask(trust, text('idm-a', 'idm-b', 'idm-c', 'evil'), false)).toMatchObject({
    servers: ['evil'],
    contents: [hosts],
  });
  // Declined and taken out again, only the host key is left.
  expect(await ask(trust, text('idm-a', 'idm-b', 'idm-c'), false)).toMatchObject({ servers: [] });
});

it('a yes while servers are taken out of the drawing does not forget those that the file has', async () => {
  const trust = start();
  await trust.loaded(text('idm-a', 'idm-b'));
  await believe('TWO');
  expect((await ask(trust, text('idm-a'))).trusted).toBe(true);
  expect(await readFile(path, 'utf8')).toContain('idm-b');
  expect(await start().loaded(text('idm-a', 'idm-b'))).toBe(true);
});

describe('a text that the window says is foreign, before an engine that has not judged it', () => {
  const foreign = (path_: string | null, ...ids: string[]) =>
    ({ path: path_, text: fleet(...ids), foreign: true }) as const;

  it('is not used because the file is trusted: it is asked about, and declined it is trusted by no way of saving', async () => {
    const again = start();
    const own = text('idm-a', 'idm-b');
    expect(await again.judge(own, own.text)).toBe(true);
    const draft = foreign(path, 'idm-a', 'evil');
    expect(await again.allows(draft)).toBe(false);
    expect(await ask(again, draft, false)).toMatchObject({ trusted: false, servers: ['evil'] });
    expect(await again.allows(draft)).toBe(false);
    await writeFile(path, draft.text);
    await again.saved({ ...draft, path }, path);
    expect(await start().loaded({ path, text: draft.text })).toBe(false);
    expect(await ask(again, draft)).toMatchObject({ trusted: true, servers: ['evil'] });
    expect(await start().loaded({ path, text: draft.text })).toBe(true);
  });

  it('is used where it names nothing that was not agreed to', async () => {
    expect(await start().allows(foreign(path, 'idm-b'))).toBe(true);
    expect(await ask(start(), foreign(path, 'idm-b'))).toMatchObject({ trusted: true, servers: null });
  });

  it('is not the person’s own for lying in no file', async () => {
    const again = start();
    const draft = foreign(null, 'evil');
    expect(await again.allows(draft)).toBe(false);
    expect(await ask(start(), draft, false)).toMatchObject({ trusted: false, servers: ['evil'] });
    const elsewhere = { ...draft, path: join(folder, 'elsewhere.toml') };
    const saving = start();
    await saving.saved(elsewhere, null);
    expect(await start().loaded(elsewhere)).toBe(false);
    expect(await ask(again, draft)).toMatchObject({ trusted: true, servers: ['evil'] });
    // From then on the window says that it is the person's own.
    expect(await again.allows({ path: null, text: draft.text })).toBe(true);
  });

  it('is not trusted while faults hide what it uses, in no file either, and saved it gains nothing', async () => {
    const trust = start();
    const broken = { path: null, text: `${fleet('evil')}broken =\n` };
    expect(await trust.judge(broken, null)).toBe(false);
    expect(await ask(trust, { ...broken, foreign: true })).toMatchObject({ trusted: false, servers: null });
    const saved = join(folder, 'saved.toml');
    await trust.saved({ ...broken, path: saved, foreign: true }, null);
    const fixed = foreign(saved, 'evil');
    await trust.saved({ ...fixed, path: saved }, saved);
    expect(await ask(trust, fixed, false)).toMatchObject({ trusted: false, servers: ['evil'] });
    expect(await start().loaded({ ...fixed, path: saved })).toBe(false);
  });
});
