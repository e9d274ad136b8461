import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { each } from '../base/batches';
import { ok } from '../../../shared/base/result';
import { trustWords } from '../../../shared/fleet/model/trust';
import type { Engine } from '../api/engine';
import { loadFleet, saveFleet } from '../storage/fleet-files';
import { FleetTrust } from './fleet-trust';
import { guardEngine } from './guard-engine';
import { inOwnFolder } from '../../../test/support/own-folder';

let folder: string;
let configDir: string;
let file: string;
inOwnFolder('trust', async (made) => {
  folder = made;
  configDir = join(folder, 'config');
  file = join(folder, 'fleet.toml');
  await writeFile(file, fleet(ssh('idm-a')));
});

const fleet = (...servers: string[]): string => ['version = 1', 'name = "Lab"', ...servers, ''].join('\n\n');
const ssh = (id: string, more = ''): string =>
  `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://ada@${id}.example.com"\n${more}`;
const call = { signal: new AbortController().signal, timeoutMs: 1000 };

/** An engine that tells what it was asked to do, behind the guard. `answer`: what the person says. */
function session(answer: boolean | null = null) {
  const dialled: string[] = [];
  const asked: string[][] = [];
  const said: string[] = [];
  const did = (what: string) => () => {
    dialled.push(what);
    return Promise.resolve(ok([]));
  };
  const raw = {
    loadFleet,
    saveFleet,
    testServer: did('test'),
    status: did('status'),
    plan: did('plan'),
    runbook: did('runbook'),
    certificates: did('certificates'),
    compare: did('compare'),
    olderLogs: did('older'),
    deploy: async function* () {
      dialled.push('deploy');
      yield await Promise.resolve({ kind: 'finished', outcome: 'done', problems: [], at: 0 });
    },
    logs: async function* () {
      dialled.push('logs');
      yield await Promise.resolve([ok({})]);
    },
    watch: async function* () {
      dialled.push('watch');
      yield await Promise.resolve({});
    },
    startPractice: () => Promise.resolve(ok({ path: file })),
    stopPractice: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const trust = new FleetTrust({ home: folder, configDir, log: (line) => said.push(line) });
  const engine = guardEngine(
    raw as unknown as Engine,
    trust,
    (question) => {
      if (answer === null) throw new Error('nobody may be asked here');
      asked.push(question.servers.map(({ id }) => id));
      return Promise.resolve(answer);
    },
    () => 0,
  );
  return { engine, trust, dialled, asked, said };
}

const textOf = async (path = file) => ({ path, text: await readFile(path, 'utf8') });

/** Asks for everything that would act on the servers. @returns the codes of what was refused */
async function everything(
  engine: ReturnType<typeof session>['engine'],
  text: { readonly path: string | null; readonly text: string },
): Promise<string[]> {
  const answers = [
    await engine.testServer(text, 'idm-a', call),
    await engine.status(text, { ...call, wait: false }),
    await engine.plan(text, call),
    await engine.runbook(text, { ...call, fingerprint: null }),
    await engine.certificates(text, call),
    await engine.compare(text, call),
    await engine.olderLogs(text, { before: 0, servers: [] }, call),
  ];
  const codes = answers.map((answer) => (answer.ok ? 'ok' : answer.error.code));
  for await (const event of engine.deploy(text, { fingerprint: null, erase: [] }, call.signal))
    codes.push(event.kind === 'finished' ? (event.problems[0]?.code ?? 'ok') : 'ok');
  const options = { server: null, follow: false, sinceMs: 0 };
  for await (const line of each(engine.logs(text, options, call.signal)))
    codes.push(line.ok ? 'ok' : line.error.code);
  for await (const _report of engine.watch(text, call.signal)) codes.push('ok');
  return codes;
}

const ALL = [
  'test',
  'status',
  'plan',
  'runbook',
  'certificates',
  'compare',
  'older',
  'deploy',
  'logs',
  'watch',
];

describe('a fleet file that was not made here', () => {
  it('makes the engine do nothing for it, until a person has agreed', async () => {
    const { engine, dialled, asked } = session(true);
    expect(await engine.loadFleet(file)).toMatchObject({ ok: true, value: { trusted: false } });
    expect(new Set(await everything(engine, await textOf()))).toEqual(new Set(['fleet-untrusted']));
    expect(dialled).toEqual([]);
    expect(await engine.trustFleet(await textOf(), call)).toEqual(ok({ trusted: true, notKept: null }));
    expect(asked).toEqual([['idm-a']]);
    expect(new Set(await everything(engine, await textOf()))).toEqual(new Set(['ok']));
    expect(dialled).toEqual(ALL);
  });

  it('stays unread when the person declines, and when nobody was asked at all', async () => {
    const { engine, dialled } = session(false);
    expect(await engine.trustFleet(await textOf(), call)).toEqual(ok({ trusted: false, notKept: null }));
    expect(new Set(await everything(engine, await textOf()))).toEqual(new Set(['fleet-untrusted']));
    expect(dialled).toEqual([]);
  });

  it('is asked about once: the next session remembers', async () => {
    await session(true).engine.trustFleet(await textOf(), call);
    const { engine } = session();
    expect(await engine.loadFleet(file)).toMatchObject({ value: { trusted: true } });
    expect(await engine.trustFleet(await textOf(), call)).toEqual(ok({ trusted: true, notKept: null }));
  });

  it.each([
    ['another host', (text: string) => text.replace('idm-a.example.com', 'evil.example.com')],
    ['another user', (text: string) => text.replace('ada@', 'root@')],
    ['a key file', (text: string) => text.replace('connect', 'identity = "stolen"\nconnect')],
    ['a known_hosts', (text: string) => text.replace('connect', 'known_hosts = "theirs"\nconnect')],
    ['sudo', (text: string) => text.replace('connect', 'sudo = true\nconnect')],
    ['another program', (text: string) => text.replace('connect', 'kanidmd = "/tmp/x"\nconnect')],
    ['another file', (text: string) => text.replace('connect', 'config = "/etc/shadow"\nconnect')],
    ['one more server', (text: string) => `${text}\n${ssh('idm-b')}`],
  ])('is asked about again when a change from outside brings %s, and only about that', async (_, change) => {
    await session(true).engine.trustFleet(await textOf(), call);
    await writeFile(file, change(await readFile(file, 'utf8')));
    const { engine, asked, dialled } = session(false);
    expect(await engine.loadFleet(file)).toMatchObject({ value: { trusted: false } });
    await engine.trustFleet(await textOf(), call);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toHaveLength(1);
    expect(new Set(await everything(engine, await textOf()))).toEqual(new Set(['fleet-untrusted']));
    expect(dialled).toEqual([]);
  });

  it.each([
    ['a comment', (text: string) => `# mine\n${text}`],
    ['a position', (text: string) => text.replace('connect', 'position = { x = 1, y = 2 }\nconnect')],
    ['another name', (text: string) => text.replace('"Lab"', '"Home"').replace('id = "idm-a"', 'id = "a"')],
    ['an origin', (text: string) => text.replace('connect', 'origin = "repl://a.example.com:8444"\nconnect')],
    ['nothing but a server less', () => fleet()],
  ])('is not asked about again for %s: nothing else is dialled', async (_, change) => {
    await session(true).engine.trustFleet(await textOf(), call);
    await writeFile(file, change(await readFile(file, 'utf8')));
    expect(await session().engine.loadFleet(file)).toMatchObject({ value: { trusted: true } });
  });

  it('is not the same file elsewhere: a key file beside it is another one', async () => {
    await writeFile(file, fleet(ssh('idm-a', 'identity = "key"\n')));
    await session(true).engine.trustFleet(await textOf(), call);
    const other = join(folder, 'downloads', 'fleet.toml');
    await mkdir(join(folder, 'downloads'));
    await symlink(file, other);
    expect(await session().engine.loadFleet(other)).toMatchObject({ value: { trusted: false } });
    await rm(other);
    await writeFile(other, await readFile(file));
    expect(await session().engine.loadFleet(other)).toMatchObject({ value: { trusted: false } });
  });

  it('cannot be swapped for a good one under a person who declined', async () => {
    const good = await readFile(file, 'utf8');
    await session(true).engine.trustFleet(await textOf(), call);
    const bad = good.replace('idm-a.example', 'evil.example');
    await writeFile(file, bad);
    const { engine, dialled } = session(false);
    await engine.loadFleet(file);
    await writeFile(file, good);
    expect(await engine.plan({ path: file, text: bad }, call)).toMatchObject({ ok: false });
    expect(dialled).toEqual([]);
  });

  it('is trusted as it was when the person was asked, not as it became while they thought', async () => {
    const { trust } = session();
    const asked = await textOf();
    await trust.loaded(asked);
    const agreed = trust.decide(asked, async () => {
      await writeFile(file, asked.text.replace('idm-a.example', 'evil.example'));
      expect(await trust.loaded(await textOf())).toBe(false);
      return true;
    });
    expect(await agreed).toMatchObject({ trusted: false });
    expect(await trust.allows(await textOf())).toBe(false);
  });

  it('does not become trusted by being saved, here or elsewhere', async () => {
    const { engine } = session();
    const { text } = await textOf();
    await engine.loadFleet(file);
    expect(await engine.saveFleet({ path: file, text: `${text}# edited\n` }, text, file)).toMatchObject({
      ok: true,
    });
    const copy = join(folder, 'copy.toml');
    expect(await engine.saveFleet({ path: copy, text: text }, null, file)).toMatchObject({ ok: true });
    for (const path of [file, copy])
      expect(await session().engine.loadFleet(path)).toMatchObject({ value: { trusted: false } });
  });
});

describe('a text that came neither from the disk nor from the window’s own edits', () => {
  const evil = (): string => fleet(ssh('idm-a'), ssh('evil'));

  it('does not gain the trust its file has: a draft that names a new server is asked about', async () => {
    await session(true).engine.trustFleet(await textOf(), call);
    const { engine, asked, dialled } = session(true);
    expect(await engine.judgeFleet({ path: file, text: evil() }, null)).toEqual(ok({ trusted: false }));
    expect(new Set(await everything(engine, { path: file, text: evil() }))).toEqual(
      new Set(['fleet-untrusted']),
    );
    expect(dialled).toEqual([]);
    expect(await engine.trustFleet({ path: file, text: evil() }, call)).toEqual(
      ok({ trusted: true, notKept: null }),
    );
    expect(asked).toEqual([['evil']]);
    expect(await engine.plan({ path: file, text: evil() }, call)).toMatchObject({ ok: true });
  });

  it('is trusted where it names nothing new, and what the window held before counts', async () => {
    await session(true).engine.trustFleet(await textOf(), call);
    const { engine } = session();
    const { text } = await textOf();
    expect(await engine.judgeFleet({ path: file, text: `# mine\n${text}` }, null)).toEqual(
      ok({ trusted: true }),
    );
    // A server that was added in the window, and what another program wrote beside it.
    expect(await engine.judgeFleet({ path: file, text: `${evil()}# theirs\n` }, evil())).toEqual(
      ok({ trusted: true }),
    );
    expect(await engine.judgeFleet({ path: file, text: fleet(ssh('worse')) }, evil())).toEqual(
      ok({ trusted: false }),
    );
    expect(await engine.plan({ path: file, text: fleet(ssh('worse')) }, call)).toMatchObject({ ok: false });
  });

  it('of a fleet in no file is asked about like any other, and saving it makes it no better', async () => {
    const { engine, asked } = session(false);
    const draft = { path: null, text: evil() };
    expect(await engine.judgeFleet(draft, null)).toEqual(ok({ trusted: false }));
    expect(new Set(await everything(engine, draft))).toEqual(new Set(['fleet-untrusted']));
    expect(await engine.trustFleet(draft, call)).toEqual(ok({ trusted: false, notKept: null }));
    expect(asked).toEqual([['idm-a', 'evil']]);
    const saved = join(folder, 'saved.toml');
    await engine.saveFleet({ path: saved, text: draft.text }, null, null);
    expect(await session().engine.loadFleet(saved)).toMatchObject({ value: { trusted: false } });
    const agreed = session(true);
    await agreed.engine.judgeFleet(draft, null);
    expect(await agreed.engine.trustFleet(draft, call)).toEqual(ok({ trusted: true, notKept: null }));
    expect(await agreed.engine.plan(draft, call)).toMatchObject({ ok: true });
  });

  it('with faults is not trusted, so that mending it opens no way round the question', async () => {
    const broken = fleet(ssh('evil').replace('"ssh"', 'ssh'));
    await writeFile(file, broken);
    const { engine, dialled } = session();
    expect(await engine.loadFleet(file)).toMatchObject({ value: { trusted: false } });
    await engine.plan({ path: file, text: broken }, call);
    expect(await engine.trustFleet({ path: file, text: broken }, call)).toEqual(
      ok({ trusted: false, notKept: null }),
    );
    expect(await engine.plan({ path: file, text: fleet(ssh('evil')) }, call)).toMatchObject({ ok: false });
    expect(dialled).toEqual([]);
  });

  it('with faults, saved, keeps what was agreed to', async () => {
    await session(true).engine.trustFleet(await textOf(), call);
    const { engine } = session();
    const { text } = await textOf();
    await engine.loadFleet(file);
    await engine.saveFleet({ path: file, text: `${text}broken =\n` }, text, file);
    await engine.saveFleet({ path: file, text: text }, `${text}broken =\n`, file);
    expect(await session().engine.loadFleet(file)).toMatchObject({ value: { trusted: true } });
  });
});

describe('a fleet file that was made here', () => {
  it('is trusted: saved new, saved on, saved elsewhere', async () => {
    const { engine } = session();
    const made = join(folder, 'made.toml');
    const text = fleet(ssh('idm-a'));
    const more = fleet(ssh('idm-a'), ssh('idm-b'));
    await engine.saveFleet({ path: made, text: text }, null, null);
    await engine.saveFleet({ path: made, text: more }, text, made);
    await engine.saveFleet({ path: join(folder, 'copy.toml'), text: more }, null, made);
    for (const path of [made, join(folder, 'copy.toml')])
      expect(await session().engine.loadFleet(path)).toMatchObject({ value: { trusted: true } });
  });

  it('is trusted with what is edited in the window and not saved yet, also after a new start of the engine', async () => {
    const { engine } = session();
    await engine.saveFleet({ path: join(folder, 'made.toml'), text: fleet(ssh('idm-a')) }, null, null);
    const edited = { path: join(folder, 'made.toml'), text: fleet(ssh('idm-a'), ssh('idm-c')) };
    expect(await engine.plan(edited, call)).toMatchObject({ ok: true });
    const next = session().engine;
    // What came from a draft would look the same: the window says that it is its own.
    expect(await next.plan(edited, call)).toMatchObject({ error: { code: 'fleet-untrusted' } });
    expect(await next.judgeFleet(edited, edited.text)).toEqual(ok({ trusted: true }));
    expect(await next.plan(edited, call)).toMatchObject({ ok: true });
    expect(await session().engine.plan({ path: null, text: edited.text }, call)).toMatchObject({ ok: true });
  });

  it('is the practice fleet too, until it ends', async () => {
    const { engine } = session();
    await engine.startPractice({ servers: 2 }, call);
    expect(await engine.loadFleet(file)).toMatchObject({ value: { trusted: true } });
    await engine.close();
    expect(await session().engine.loadFleet(file)).toMatchObject({ value: { trusted: false } });
  });
});

describe('what the files of a trusted fleet hold', () => {
  const hosts = (): string => join(folder, 'known_hosts');
  const naming = (): string => fleet(ssh('idm-a', 'known_hosts = "known_hosts"\n'));
  const bytes = (text: string) => Buffer.from(text);
  const trustedWith = async (text: string): Promise<void> => {
    await writeFile(file, naming());
    await writeFile(hosts(), text);
    await session(true).engine.trustFleet(await textOf(), call);
  };

  it('is asked about again when somebody changed it, by what changed, and only then', async () => {
    await trustedWith('idm-a ssh-ed25519 AAAA\n');
    expect(await session().engine.loadFleet(file)).toMatchObject({ value: { trusted: true } });
    await writeFile(hosts(), 'idm-a ssh-ed25519 EVIL\n');
    const { trust, engine, dialled } = session();
    expect(await engine.loadFleet(file)).toMatchObject({ value: { trusted: false } });
    expect(new Set(await everything(engine, await textOf()))).toEqual(new Set(['fleet-untrusted']));
    expect(dialled).toEqual([]);
    const decided = await trust.decide(await textOf(), (question) => {
      expect(question).toEqual({
        path: file,
        changed: true,
        unsaved: true,
        servers: [],
        contents: [hosts()],
      });
      expect(trustWords(question).lines.join('\n')).toContain(hosts());
      return Promise.resolve(true);
    });
    expect(decided).toEqual({ trusted: true, notKept: null });
    expect(await engine.plan(await textOf(), call)).toMatchObject({ ok: true });
    expect(await session().engine.loadFleet(file)).toMatchObject({ value: { trusted: true } });
  });

  it('counts from the next question on when it changes while the fleet is open', async () => {
    await trustedWith('idm-a ssh-ed25519 AAAA\n');
    const { trust, engine } = session();
    await engine.loadFleet(file);
    expect(await engine.plan(await textOf(), call)).toMatchObject({ ok: true });
    await writeFile(hosts(), 'idm-a ssh-ed25519 EVIL\n');
    expect(await engine.plan(await textOf(), call)).toMatchObject({ error: { code: 'fleet-untrusted' } });
    // A connection that a watch opens again is asked for by nobody: it judges what it has read itself.
    expect(await trust.contents.believes(hosts(), bytes('idm-a ssh-ed25519 EVIL\n'))).toBe(false);
    expect(await trust.contents.believes(join(folder, 'x', '..', 'known_hosts'), bytes('EVIL'))).toBe(false);
    expect(await trust.contents.believes(hosts(), bytes('idm-a ssh-ed25519 AAAA\n'))).toBe(true);
    // Saving in the window does not agree to it.
    const { text } = await textOf();
    await engine.saveFleet({ path: file, text: `${text}# mine\n` }, text, file);
    expect(await engine.plan(await textOf(), call)).toMatchObject({ error: { code: 'fleet-untrusted' } });
    expect(await session().engine.loadFleet(file)).toMatchObject({ value: { trusted: false } });
  });

  it('is what the person was asked about, not what it became while they thought', async () => {
    await trustedWith('one\n');
    await writeFile(hosts(), 'two\n');
    const { trust } = session();
    await trust.loaded(await textOf());
    const agreed = trust.decide(await textOf(), async () => {
      await writeFile(hosts(), 'three\n');
      return true;
    });
    expect(await agreed).toMatchObject({ trusted: true });
    expect(await trust.allows(await textOf())).toBe(false);
  });

  it('may appear later as little as change: a file that was not there believed nobody', async () => {
    await writeFile(file, naming());
    await session(true).engine.trustFleet(await textOf(), call);
    expect(await session().engine.loadFleet(file)).toMatchObject({ value: { trusted: true } });
    await writeFile(hosts(), 'idm-a ssh-ed25519 EVIL\n');
    expect(await session().engine.loadFleet(file)).toMatchObject({ value: { trusted: false } });
    await rm(hosts());
    expect(await session().engine.loadFleet(file)).toMatchObject({ value: { trusted: true } });
  });

  it('is the authority of an engine too, and neither keys nor what is the person’s own', async () => {
    const docker = `[[server]]\nid = "idm-b"\nconnect = "docker"\nendpoint = "tcp://192.0.2.7:2376"\ncontainer = "k"\ncertificates = "tls"`;
    const own = ssh('idm-a', 'known_hosts = "~/.ssh/known_hosts"\nidentity = "key"\n');
    await writeFile(file, fleet(own, docker));
    for (const path of ['tls', '.ssh']) await mkdir(join(folder, path));
    const written = ['tls/ca.pem', 'tls/cert.pem', 'tls/key.pem', '.ssh/known_hosts', 'key'];
    for (const path of written) await writeFile(join(folder, path), 'one');
    await session(true).engine.trustFleet(await textOf(), call);
    const kept = join(configDir, 'trusted', (await readdir(join(configDir, 'trusted')))[0]!);
    const { contents } = JSON.parse(await readFile(kept, 'utf8')) as { contents: object };
    expect(Object.keys(contents)).toEqual([join(folder, 'tls', 'ca.pem')]);
    for (const path of written.slice(1)) await writeFile(join(folder, path), 'two');
    expect(await session().engine.loadFleet(file)).toMatchObject({ value: { trusted: true } });
    await writeFile(join(folder, 'tls/ca.pem'), 'two');
    expect(await session().engine.loadFleet(file)).toMatchObject({ value: { trusted: false } });
  });

  it('is believed when Kanilink wrote it, in this session, in another, and at the next start', async () => {
    await trustedWith('one\n');
    const { trust, engine } = session();
    const other = session();
    for (const it of [engine, other.engine]) await it.loadFleet(file);
    await Promise.all(
      ['two\n', 'three\n'].map((line) => trust.contents.writing(hosts(), () => appendFile(hosts(), line))),
    );
    for (const it of [engine, other.engine, session().engine])
      expect(await it.plan(await textOf(), call)).toMatchObject({ ok: true });
    expect(await trust.contents.believes(hosts(), await readFile(hosts()))).toBe(true);
    // What somebody else had changed before is not believed for Kanilink’s own line.
    await writeFile(hosts(), 'evil\n');
    await trust.contents.writing(hosts(), () => appendFile(hosts(), 'four\n'));
    expect(await trust.contents.believes(hosts(), await readFile(hosts()))).toBe(false);
  });

  it('holds nobody up and is read with limits: a pipe, a folder, a huge file', async () => {
    await trustedWith('one\n');
    await rm(hosts());
    execFileSync('mkfifo', [hosts()]);
    expect(await session().engine.loadFleet(file)).toMatchObject({ ok: true });
    await rm(hosts());
    await mkdir(hosts());
    expect(await session().engine.loadFleet(file)).toMatchObject({ ok: true });
  });
});

describe('what is remembered', () => {
  it('is this user’s alone, holds 200 files, and survives what it cannot read', async () => {
    const { trust } = session();
    for (let n = 0; n < 203; n += 1)
      await trust.trust({ path: join(folder, `${n}.toml`), text: fleet(ssh('a')) });
    const kept = await readdir(join(configDir, 'trusted'));
    expect(kept).toHaveLength(200);
    expect((await stat(join(configDir, 'trusted'))).mode & 0o777).toBe(0o700);
    for (const name of kept) {
      const path = join(configDir, 'trusted', name);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      await writeFile(path, 'no JSON');
    }
    expect(await session().trust.allows(await textOf())).toBe(false);
  });

  it('is forgotten with the session where it cannot be written, which is said and logged', async () => {
    await writeFile(configDir, 'a file in the way');
    const { engine, said } = session(true);
    expect(await engine.trustFleet(await textOf(), call)).toMatchObject(
      ok({ trusted: true, notKept: { code: 'trust-not-kept', where: { file: join(configDir, 'trusted') } } }),
    );
    expect(said.join()).toContain('is not remembered');
    expect(await engine.plan(await textOf(), call)).toMatchObject({ ok: true });
    expect(await session().engine.loadFleet(file)).toMatchObject({ value: { trusted: false } });
  });
});
