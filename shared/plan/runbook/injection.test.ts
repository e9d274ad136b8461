import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetOfTest, observedOfTest, type SeenServer } from '../../../test/support/fleet-fixtures';
import type { Fleet, FleetServer } from '../../fleet/model/fleet';
import type { ObservedServer } from '../../observed/observed';
import { makePlan } from '../make/make-plan';
import type { Plan } from '../model/plan';
import { code, plain } from '../commands/markdown';
import { makeRunbook } from './runbook';

// Words that a server or a fleet file may hold. Whatever a block does with one, no file called PWNED may come of it.
const attacks: readonly string[] = [
  "'$(touch PWNED)'",
  '"; touch PWNED; "',
  "'; touch PWNED; '",
  '-Tevil',
  '\ntouch PWNED\n',
  '\n```\n\n```bash\ntouch PWNED\n```\n',
  '`touch PWNED`',
  '$(touch PWNED)',
  '; touch PWNED;',
  '| touch PWNED',
  '& touch PWNED &',
  '\r\ntouch PWNED\r\n',
  '\u2028touch PWNED\u2028',
  '}; touch PWNED; {',
  '-oProxyCommand=touch PWNED',
  '<(touch PWNED)',
  '#\ntouch PWNED',
  "\\'; touch PWNED #",
  '\nEND_OF_FILE\ntouch PWNED\n',
  '\n~~~\n\n~~~bash\ntouch PWNED\n~~~\n',
];

const seen: readonly SeenServer[] = [
  { id: 'idm-a', domain: 'a', tables: null },
  { id: 'idm-b', domain: 'b', tables: null },
];

/** Each is run by a bash of its own: a plain run takes the first few, which break out of every kind of quoting. */
const tried = process.env['KANILINK_LONG'] === '1' ? attacks : attacks.slice(0, 7);

interface Made {
  readonly fleet: Fleet;
  readonly observed: readonly ObservedServer[];
  readonly plan: Plan;
}

/** A fleet of two that are to be paired, one of them in a container, and what was seen of them. */
function made(): Made {
  const two = fleetOfTest(
    seen.map((it) => it.id),
    ['idm-a > idm-b'],
  );
  const observed = seen.map(observedOfTest);
  return { fleet: two, observed, plan: makePlan(two, observed) };
}

const inContainer = (server: FleetServer): FleetServer => ({
  ...{ id: server.id, origin: server.origin, connect: 'docker', endpoint: 'context://lab', container: 'idm' },
  ...{ certificates: null, config: null, bindaddress: null, refreshFrom: null, position: null },
});

/** Where a word from elsewhere can stand; each changes one place of what a runbook is made from. */
const places: Readonly<Record<string, (word: string, it: Made) => Made>> = {
  'the path of the database': (word, it) =>
    withObserved(it, (one) => ({
      ...one,
      config: one.config && { ...one.config, dbPath: `/var/lib/${word}/kanidm.db` },
    })),
  KANIDM_DB_PATH: (word, it) =>
    withObserved(it, (one) => ({
      ...one,
      facts: one.facts && { ...one.facts, overrides: { KANIDM_DB_PATH: `/var/lib/${word}/kanidm.db` } },
    })),
  'the path of server.toml': (word, it) => {
    const path = `/etc/${word}/server.toml`;
    const moved = withObserved(it, (one) => ({
      ...one,
      file: one.file && { ...one.file, path },
      facts: one.facts && { ...one.facts, configPath: path },
    }));
    return { ...moved, plan: makePlan(moved.fleet, moved.observed) };
  },
  'the name of server.toml in a container': (word, it) => {
    const path = `/data/${word.replaceAll('/', '')}`;
    const moved = withObserved(withServers(it, inContainer), (one) => ({
      ...one,
      file: one.file && { ...one.file, path },
      facts: one.facts && { ...one.facts, configPath: path },
    }));
    return { ...moved, plan: makePlan(moved.fleet, moved.observed) };
  },
  'the file itself': (word, it) =>
    withObserved(it, (one) => ({
      ...one,
      file: one.file && { ...one.file, text: `${one.file.text}\n# ${word}\n` },
    })),
  'the name of the fleet': (word, it) => ({ ...it, fleet: { ...it.fleet, name: `Home lab${word}` } }),
  'a problem': (word, it) => ({
    ...it,
    plan: {
      ...it.plan,
      problems: [
        { severity: 'warning', code: 'x', server: null, message: `odd ${word}`, fix: word, where: {} },
      ],
    },
  }),
  'the words of a step': (word, it) => ({
    ...it,
    plan: {
      ...it.plan,
      steps: it.plan.steps.map((step) => ({
        ...step,
        summary: word,
        why: word,
        risk: word,
        diff: word,
        requires: [word],
      })),
    },
  }),
  'the endpoint': (word, it) =>
    withServers(it, (server) => ({ ...server, endpoint: `ssh://ada@idm${word}` })),
  'the unit': (word, it) =>
    withServers(it, (server) => (server.connect === 'ssh' ? { ...server, service: word } : server)),
  'the program': (word, it) =>
    withServers(it, (server) => (server.connect === 'ssh' ? { ...server, kanidmd: word } : server)),
  'the identity': (word, it) =>
    withServers(it, (server) => (server.connect === 'ssh' ? { ...server, identity: word } : server)),
  known_hosts: (word, it) =>
    withServers(it, (server) => (server.connect === 'ssh' ? { ...server, knownHosts: word } : server)),
  'the container': (word, it) =>
    withServers(it, (server) => ({ ...inContainer(server), container: word }) as FleetServer),
  'the engine': (word, it) =>
    withServers(
      it,
      (server) =>
        ({ ...inContainer(server), endpoint: `tcp://${word}:2376`, certificates: word }) as FleetServer,
    ),
  'the context': (word, it) =>
    withServers(it, (server) => ({ ...inContainer(server), endpoint: `context://${word}` }) as FleetServer),
  'the version': (word, it) => withObserved(it, (one) => ({ ...one, versionOnDisk: `1.10.5${word}` })),
};

const withObserved = (it: Made, change: (one: ObservedServer) => ObservedServer): Made => ({
  ...it,
  observed: it.observed.map(change),
});
const withServers = (it: Made, change: (server: FleetServer) => FleetServer): Made => ({
  ...it,
  fleet: { ...it.fleet, servers: it.fleet.servers.map(change) },
});

const blocks = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^(`{3,}|~{3,})(.*)\n([\s\S]*?)\n\1$/gm)].flatMap(([, , info, text]) =>
    /^(ba)?sh/.test(info ?? '') && text !== undefined ? [text] : [],
  );

describe('a word of a server or of a fleet file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kl-injection-'));
    // What reaches servers does nothing but let the server's own shell read the words, as sshd does.
    const stubs = join(folder, 'stubs');
    mkdirSync(stubs);
    const write = (name: string, text: string): void => {
      writeFileSync(join(stubs, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(stubs, name), 0o755);
    };
    write(
      'ssh',
      'for word do command=$word; done\nPATH=REMOTE exec sh -c "$command" < /dev/null'.replace(
        'REMOTE',
        join(folder, 'remote'),
      ),
    );
    for (const name of ['systemctl', 'sudo', 'sleep', 'jq']) write(name, 'exit 0');
    // A file comes out of a container as a tar, and one goes into it.
    write(
      'docker',
      `case "$*" in
*' cp '*' -') tar -C ${stubs} -cf - ssh ;;
*' cp - '*) tar -tf - | grep -q secret && touch PWNED ;;
esac
exit 0`,
    );
    mkdirSync(join(folder, 'remote'));
    for (const name of ['touch', 'sh', 'id']) symlinkSync(`/bin/${name}`, join(folder, 'remote', name));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Pastes every block into one bash, whatever the one before said. */
  function run(markdown: string): readonly string[] {
    const desk = mkdtempSync(join(folder, 'desk-'));
    const [setUp = '', ...rest] = blocks(markdown);
    // Proofs do not come here: each is looked for once, and no file is the one that was seen.
    const passes = ['unchanged', 'same_certificate', 'backed_up'].map((it) => `${it}() { :; }`);
    // What tar takes for an option may name a list of files to send, and a server.toml may well be one.
    const evil = 'touch secret; echo "$PWD/secret" > evil';
    const script = [setUp, evil, 'wait_for() { shift 2; "$@"; }', ...passes, ...rest].join('\n');
    spawnSync('bash', ['-s'], {
      cwd: desk,
      input: script,
      timeout: 20_000,
      env: { PATH: `${join(folder, 'stubs')}:/usr/bin:/bin`, HOME: desk },
    });
    return readdirSync(desk, { recursive: true, encoding: 'utf8' });
  }

  it('would be noticed if it ran', () => {
    expect(run('```bash\ntrue\n```\n```bash\nssh host "touch $(pwd)/PWNED"\n```\n')).toContain('PWNED');
    expect(run('```bash\ntrue\n```\n```bash\ntouch PWNED\n```\n')).toContain('PWNED');
  });

  it.each(Object.keys(places))(
    'becomes no command: %s',
    (place) => {
      const change = places[place];
      if (!change) throw new Error(place);
      let written = 0;
      for (const attack of tried) {
        const runbook = makeRunbook({ ...change(attack, made()), now: 0 });
        if (!runbook.ok) continue;
        written += 1;
        const files = run(runbook.value);
        expect(
          // A file that is called as the word is, on its way into a container, is no command.
          files.filter((name) => name.includes('PWNED') && !name.endsWith(`outgoing/${attack}`)),
          `${place}: ${attack}`,
        ).toEqual([]);
        expect(files.length).toBeGreaterThan(0);
      }
      // Some words are refused outright; a place that refuses every one proves nothing of quoting.
      expect(written).toBeGreaterThan(0);
    },
    600_000,
  );

  it('begins no block, link, tag or line of its own in Markdown', () => {
    for (const attack of attacks) {
      expect(plain(attack)).not.toMatch(/[\n\r\u2028`~](?<!\\[`~])/);
      expect(code(attack)).not.toMatch(/[\n\r\u2028]/);
    }
    expect(plain('# a <b> [c](http://d) www.e.example ![f](g) &lt; $x$')).toBe(
      '\\# a \\<b\\> \\[c\\](http\\://d) www\\.e.example \\!\\[f\\](g) \\&lt; \\$x\\$',
    );
    expect(plain('- a')).toBe('\\- a');
    expect(plain('1. a')).toBe('1\\. a');
    expect(code('a ``b')).toBe('```a ``b```');
  });
});
