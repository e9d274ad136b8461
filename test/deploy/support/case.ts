import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DeployRecord, readDeploys } from '../../../electron/engine/deploy/journal/read-journal';
import { lockOf } from '../../support/locks';
import { deployBroken } from './broken-deploy';
import type { BrokenJob, Fault, Wish } from './fault';
import { deployed, startSite, type TestSite } from './site';

/** How one case ended. `trouble`: promises that were broken; none is a pass. */
export interface CaseOutcome {
  readonly fault: Fault;
  readonly job: BrokenJob;
  /** What the broken step does. */
  readonly action: string;
  readonly way: 'resume' | 'rollback';
  readonly fired: boolean;
  /** The outcome, with the codes of its errors; or `killed`. */
  readonly ended: string;
  readonly after: string;
  readonly trouble: readonly string[];
}

const NAMED = ['idm-b', 'idm-c'];

/** The programs a case runs. */
export interface Programs {
  /** The one that deploys and is broken. */
  readonly child: string;
  readonly kanidmd: string;
}

/** Breaks one step of a three-server deploy, looks at what is left, then goes on one of the two ways. */
export async function runCase(
  programs: Programs,
  job: BrokenJob,
  fault: Fault,
  way: 'resume' | 'rollback',
): Promise<CaseOutcome> {
  // From 1.11.1 on a renewal shows its certificate within seconds.
  const site = await startSite(3, {
    program: programs.kanidmd,
    ...(job === 'renew' ? { version: '1.11.1' } : {}),
  });
  const named = job === 'renew' ? [] : NAMED;
  const trouble: string[] = [];
  const check = (well: boolean, what: string): void => {
    if (!well) trouble.push(what);
  };
  try {
    if (job === 'renew') await linkAll(site);
    const before = await site.files();
    const data = await site.data();
    const order = { fleet: site.fleet.fleet, home: site.configDir, configDir: site.configDir };
    const ended = await deployBroken(programs.child, { ...order, job, erase: named, fault }, (wish) =>
      grant(site, wish),
    );
    const killed = ended.end === 'killed';
    const fired = killed || ended.fired;
    // A step that is not there, or that came to its end without the fault, proves nothing.
    check(fired, 'the fault was never met');

    const left = await site.files();
    const meant = await filesOfJournals(site);
    for (const [id, text] of Object.entries(left)) {
      const own = text.replace(BY_OTHERS, '');
      check(
        own === before[id] || meant.has(digest(own)),
        `${id} has neither a whole old nor a whole new file`,
      );
    }
    for (const machine of site.fleet.machines) {
      const stoppedByFault = fault.kind === 'server-stopped';
      const running = await settled(machine);
      check(running || stoppedByFault, `${machine.id} does not run, and the fault did not stop it`);
    }
    const held = await site.data();
    for (const [id, was] of Object.entries(data))
      if (!named.includes(id) && held[id]?.domain !== '')
        check(
          held[id]?.domain === was.domain && was.people.every((name) => held[id]?.people.includes(name)),
          `${id} was erased and not named`,
        );

    const { deploys, unreadable } = await readDeploys(site.configDir);
    const record = deploys.find((it) => it.header.purpose === job);
    // A deploy that is refused before anything begins has none, and has changed nothing.
    const untouched =
      ended.end === 'refused' && Object.entries(left).every(([id, text]) => text === before[id]);
    check(unreadable.length === 0 && (record !== undefined || untouched), 'the journal cannot be read');
    if (record) {
      check(record.state === (killed ? 'interrupted' : 'finished'), `the journal says ${record.state}`);
      if (!killed)
        check(openSteps(record).size === 0, 'the journal has an open intent of a deploy that ended');
      for (const [id, text] of Object.entries(left)) {
        const told = record.entries.some(
          (it) => it.kind === 'intent' && it.effect === 'write' && it.server === id,
        );
        check(
          text.replace(BY_OTHERS, '') === before[id] || told,
          `the file of ${id} changed and the journal does not say so`,
        );
      }
    }
    // Whoever filled a disk makes room before anybody goes on.
    for (const machine of site.fleet.machines) machine.failNext('sftp-write', 0);
    const after =
      way === 'resume'
        ? await goOn(site, killed, check)
        : // One that ended well all the same is undone by name only.
          await goBack(site, record?.outcome === 'done' ? record.deploy : null, before, left, check);
    await lookForBackups(site, check);
    if (after === 'done' || after === 'unchanged')
      for (const machine of site.fleet.machines)
        check(!existsSync(lockOf(machine)), `${machine.id} is still locked`);
    const action = record?.header.steps.find((it) => it.id === fault.step)?.action ?? 'no such step';
    const why = ended.problems.filter((it) => it.severity === 'error').map((it) => it.code);
    return { fault, job, action, way, fired, ended: [ended.end, ...why].join(' '), after, trouble };
  } finally {
    await site.close();
  }
}

const BY_OTHERS = '# by somebody else\n';
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Resume (or, when the deploy ended by itself, apply again) reaches the goal. */
async function goOn(
  site: TestSite,
  killed: boolean,
  check: (well: boolean, what: string) => void,
): Promise<string> {
  // Whoever stopped a server starts it again before he goes on.
  for (const machine of site.fleet.machines)
    if (machine.status.active !== 'active' && !killed) await machine.startKanidmd();
  const engine = site.engine();
  const text = await site.text();
  let end = '';
  for (let round = 0; round < 3; round++) {
    const kind = killed ? ('resume' as const) : ('apply' as const);
    const planned = await engine.plan(text, {
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      job: { kind },
    });
    if (!planned.ok) {
      if (planned.error.code !== 'nothing-interrupted') end = planned.error.code;
      break;
    }
    const run = await deployed(engine, text, {
      erase: NAMED,
      job: { kind },
      fingerprint: planned.value.fingerprint,
    });
    end = run.end.outcome;
    const why = run.end.problems
      .filter((it) => it.severity === 'error')
      .map((it) => `${it.code}: ${it.message}`);
    if (end !== 'done' && end !== 'unchanged') {
      check(false, `${kind} ended ${end}: ${why.join('; ')}`);
      return end;
    }
    if (kind === 'apply') break;
  }
  const data = await site.data();
  const domains = new Set(Object.values(data).map((it) => it.domain));
  check(domains.size === 1, `the servers are in ${domains.size} domains after ${end}`);
  check(data['idm-a']?.people.length === 6, 'idm-a lost people');
  const left = await engine.plan(text, { signal: new AbortController().signal, timeoutMs: 60_000 });
  check(left.ok && left.value.steps.length === 0, 'something is left to do at the end');
  const status = await engine.status(text, {
    signal: new AbortController().signal,
    timeoutMs: 60_000,
    wait: true,
  });
  for (const pull of status.ok ? status.value.pulls : [])
    check(
      pull.health === 'replicating',
      `${pull.consumer} ← ${pull.supplier} is ${pull.health}: ${pull.cause}`,
    );
  return end;
}

/** Rollback restores every file that is still as the deploy wrote it, byte for byte. */
async function goBack(
  site: TestSite,
  deploy: string | null,
  before: Readonly<Record<string, string>>,
  left: Readonly<Record<string, string>>,
  check: (well: boolean, what: string) => void,
): Promise<string> {
  const engine = site.engine();
  const text = await site.text();
  const job = { kind: 'rollback' as const, deploy };
  const planned = await engine.plan(text, { signal: new AbortController().signal, timeoutMs: 60_000, job });
  let end: string;
  if (planned.ok) {
    const run = await deployed(engine, text, { job, fingerprint: planned.value.fingerprint });
    end = run.end.outcome;
    const others = Object.values(left).some((it) => it.includes(BY_OTHERS));
    const why = run.end.problems
      .filter((it) => it.severity === 'error')
      .map((it) => `${it.code}: ${it.message}`);
    check(
      ['done', 'unchanged'].includes(end) || (others && why.length > 0),
      `rollback ended ${end}: ${why.join('; ')}`,
    );
  } else {
    end = planned.error.code;
    check(end === 'nothing-to-undo', `rollback could not be planned: ${end}`);
  }
  for (const [id, now] of Object.entries(await site.files()))
    check(
      now === before[id] || (left[id]?.includes(BY_OTHERS) === true && now === left[id]),
      `${id} is not byte for byte as before`,
    );
  for (const machine of site.fleet.machines)
    check(
      (await settled(machine)) || end === 'nothing-to-undo' || end === 'unchanged',
      `${machine.id} does not run after the rollback`,
    );
  return end;
}

/** A restart that was under way ends by itself, on the server. */
async function settled(machine: TestSite['fleet']['machines'][number]): Promise<boolean> {
  for (let look = 0; look < 100; look++) {
    if (machine.status.active === 'active' || machine.status.active === 'failed') break;
    if (machine.status.active === 'inactive' && look > 20) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return (
    machine.status.active === 'active' && /domain_uuid/.test((await machine.run(['domain', 'show'])).stdout)
  );
}

async function filesOfJournals(site: TestSite): Promise<ReadonlySet<string>> {
  const all = new Set<string>();
  for (const { folder } of (await readDeploys(site.configDir)).deploys)
    for (const name of await readdir(folder))
      if (/\.(before|after)\.toml$/.test(name)) all.add(digest(await readFile(join(folder, name), 'utf8')));
  return all;
}

/** A backup of a comparison is gone from every server, or its place is told. */
async function lookForBackups(site: TestSite, check: (well: boolean, what: string) => void): Promise<void> {
  const places = await Promise.all(site.fleet.machines.map((it) => readdir(it.folder, { recursive: true })));
  if (!places.flat().some((path) => path.endsWith('compare.json.gz'))) return;
  const told = await site.engine().plan(await site.text(), {
    signal: new AbortController().signal,
    timeoutMs: 60_000,
  });
  const problems = told.ok ? told.value.problems : [];
  check(
    problems.some((it) => it.code === 'backup-left-behind'),
    'a backup lies on a server and nothing says so',
  );
}

/** Deploys the three servers, well, before something is broken. */
async function linkAll(site: TestSite): Promise<void> {
  const engine = site.engine();
  const { end } = await deployed(engine, await site.text(), { erase: NAMED });
  if (end.outcome !== 'done')
    throw new Error(`the servers could not be linked: ${JSON.stringify(end.problems)}`);
}

async function grant(site: TestSite, { wish, server }: Wish): Promise<void> {
  const machine = site.fleet.machine(server);
  if (wish === 'cut') machine.cutConnections();
  else if (wish === 'stop') await machine.stopKanidmd();
  else if (wish === 'change-file') await appendFile(machine.config, BY_OTHERS);
  else machine.failNext('sftp-write', 1);
}

/** Steps with an effect that was begun and of which nothing says that it ended. */
function openSteps(record: DeployRecord): ReadonlySet<string> {
  const open = new Set<string>();
  for (const entry of record.entries)
    if (entry.kind === 'intent') open.add(entry.step);
    else if (['effect', 'done', 'failed', 'undone'].includes(entry.kind) && 'step' in entry)
      open.delete(entry.step);
  return open;
}
