import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeFleet } from '../../../test/support/fake-fleet';
import { openJournal } from '../deploy/journal/journal';
import { value } from '../../../test/support/results';
import { systemClock, uncancelled } from '../base/time';
import { createEngine } from '../create-engine';
import { inOwnFolder } from '../../../test/support/own-folder';

let configDir: string;
inOwnFolder('diagnose', (made) => (configDir = made));

const SECRETS = {
  env: 'env-s3cret-value',
  toml: 'toml-s3cret-value',
  comment: 'comment-s3cret-value',
  url: 'url-s3cret-value',
  journal: 'journal-s3cret-value',
  kept: 'kept-s3cret-value',
  log: 'log-s3cret-value',
};

/** A fleet of two with a secret in every place where somebody may have put one. */
async function planted() {
  let quotes = false;
  const fleet = fakeFleet(
    { 'idm-a': [], 'idm-b': [] },
    [['idm-a', 'idm-b']],
    () => (asked) =>
      // A server's words may quote its file.
      quotes && asked === 'kanidmd domain show'
        ? {
            fails: {
              code: 'odd',
              message: `it said "${SECRETS.toml}" and \u202Ehostile\u001B[2J`,
              fix: '',
              where: {},
            },
          }
        : null,
  );
  const newEngine = () =>
    createEngine({
      ...{ home: configDir, env: { DEPLOY_TOKEN: SECRETS.env }, configDir, log: () => undefined },
      ...{ practiceProgram: [], open: fleet.open },
      prompter: { acceptHostKey: async () => false, secret: async () => null },
    });
  const { steps } = value(await newEngine().plan(fleet.text, uncancelled(10_000)));
  quotes = true;
  const engine = newEngine();
  for (const server of fleet.servers) {
    const text = server.files.text(server.configPath) ?? '';
    const lines = [
      `# ${SECRETS.comment}`,
      `otel_grpc_url = "https://ada:${SECRETS.url}@collector.example.com:4317"`,
      `unheard_of = "${SECRETS.toml}"`,
    ];
    server.files.put(server.configPath, `${lines.join('\n')}\n${text}`, {}, Date.now() - 60_000);
  }
  const journal = value(await openJournal(configDir, systemClock));
  await journal.close();
  const words = { summary: SECRETS.journal, why: SECRETS.journal, diff: SECRETS.journal };
  const at = new Date().toISOString();
  const step = steps[0]?.id;
  // As a Kanilink of the first format wrote it: every later one reads that.
  const lines = [
    {
      ...{ kind: 'deploy', format: 1, deploy: journal.deploy, purpose: 'apply', of: null },
      ...{ lock: journal.deploy, who: 'ada', host: 'desk.example.com', pid: 1, fingerprint: 'f', erase: [] },
      fleet: { path: fleet.text.path, name: 'Test', sha256: 'x' },
      steps: steps.map((it) => ({ ...it, ...words })),
    },
    { kind: 'output', step, text: SECRETS.journal },
    { kind: 'done', step, note: SECRETS.journal },
    { kind: 'finished', outcome: 'failed', problems: [] },
  ];
  await writeFile(
    join(journal.folder, 'journal.jsonl'),
    lines.map((line) => `${JSON.stringify({ ...line, at })}\n`).join(''),
  );
  await writeFile(join(journal.folder, 'step-1.idm-a.before.toml'), SECRETS.kept);
  await mkdir(join(configDir, 'logs'));
  await writeFile(
    join(configDir, 'logs', 'kanilink.log'),
    `a line\npassword: ${SECRETS.log}\n${SECRETS.env}\n`,
  );
  const made = async (withoutAddresses: boolean) =>
    value(await engine.diagnose(fleet.text, { withoutAddresses, problems: [] }, uncancelled(10_000)));
  return { made, engine, fleet, deploy: journal.deploy };
}

describe('diagnostics', () => {
  it('hold what helps', async () => {
    const { made, engine, deploy } = await planted();
    const read = JSON.parse(await made(false)) as Record<string, unknown>;
    expect(read).toMatchObject({
      ...{ format: 1, versions: { node: process.versions.node } },
      fleet: { servers: [{ id: 'idm-a', endpoint: 'ssh://admin@idm-a.example.com' }, { id: 'idm-b' }] },
      servers: [{ id: 'idm-a', state: 'running', versionOnDisk: '1.10.5' }, { id: 'idm-b' }],
      pulls: [{ consumer: 'idm-b' }, { consumer: 'idm-a' }],
      deploys: [
        {
          deploy,
          outcome: 'failed',
          steps: expect.arrayContaining([expect.objectContaining({ server: 'idm-a', action: 'configure' })]),
        },
      ],
      logs: { 'kanilink.log': ['a line', expect.stringContaining('[removed]'), '[removed]'] },
    });
    const trace = (read['trace'] as readonly string[]).join('\n');
    expect(trace).toMatch(/idm-a kanidmd domain show \d+ ms odd/);
    expect(trace).toMatch(/idm-a readFile \/etc\/kanidm\/server\.toml \d+ ms ok/);
    await engine.close();
  });

  it('hold no secret, no file and no hostile character, with addresses and without', async () => {
    const { made, engine } = await planted();
    for (const text of [await made(false), await made(true)]) {
      for (const [place, secret] of Object.entries(SECRETS)) expect(text, place).not.toContain(secret);
      expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/);
      expect(text).not.toContain('partner_cert');
    }
    await engine.close();
  });

  it('without addresses name no host, and each by one word', async () => {
    const { made, engine } = await planted();
    const text = await made(true);
    expect(text).not.toMatch(/example\.com|desk|admin@/);
    const read = JSON.parse(text) as {
      fleet: { servers: { endpoint: string }[] };
      servers: { id: string }[];
    };
    expect(read.fleet.servers.map((it) => it.endpoint)).toEqual([
      expect.stringMatching(/^ssh:\/\/user-1@host-\d+$/),
      expect.stringMatching(/^ssh:\/\/user-1@host-\d+$/),
    ]);
    expect(read.servers.map((it) => it.id)).toEqual(['idm-a', 'idm-b']);
    await engine.close();
  });

  it('tell what a server runs with, where its environment sets it', async () => {
    const overrides = {
      KANIDM_REPLICATION_ORIGIN: 'repl://outpost.example.net:9444',
      KANIDM_REPLICATION_TASK_POLL_INTERVAL: '60',
      KANIDM_OTEL_GRPC_URL: `https://${SECRETS.env}.example.org`,
    };
    const fleet = fakeFleet({ 'idm-a': [], 'idm-b': [] }, [['idm-a', 'idm-b']], undefined, {
      server: (id) => (id === 'idm-a' ? { overrides } : {}),
    });
    const engine = createEngine({
      ...{ home: configDir, env: {}, configDir, log: () => undefined, practiceProgram: [] },
      ...{ open: fleet.open, prompter: { acceptHostKey: async () => false, secret: async () => null } },
    });
    const made = async (withoutAddresses: boolean) =>
      value(await engine.diagnose(fleet.text, { withoutAddresses, problems: [] }, uncancelled(10_000)));
    const text = await made(false);
    expect(JSON.parse(text)).toMatchObject({
      servers: [
        {
          replication: { origin: overrides.KANIDM_REPLICATION_ORIGIN, taskPollInterval: 60 },
          facts: { variables: Object.keys(overrides).sort() },
        },
        { replication: { taskPollInterval: 15 } },
      ],
    });
    expect(text).not.toContain(SECRETS.env);
    expect(await made(true)).not.toContain('outpost');
    await engine.close();
  });

  it('of no fleet ask no server', async () => {
    const { engine, fleet } = await planted();
    const before = fleet.count('idm-a');
    const read = JSON.parse(
      value(await engine.diagnose(null, { withoutAddresses: false, problems: [] }, uncancelled(10_000))),
    ) as Record<string, unknown>;
    expect(read).toMatchObject({ fleet: null, servers: [], pulls: [], deploys: [] });
    expect(fleet.count('idm-a')).toEqual(before);
    await engine.close();
  });
});
