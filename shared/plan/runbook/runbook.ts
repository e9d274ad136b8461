import type { Fleet } from '../../fleet/model/fleet';
import { escapeControls } from '../../base/escape-controls';
import type { ServerId } from '../../base/names';
import { runsWith } from '../../observed/observed-config';
import type { ObservedServer } from '../../observed/observed';
import { type Fault, fail, ok, type Result } from '../../base/result';
import type { ServerConfig } from '../../server-config/server-config';
import { erasedBy } from '../consent';
import type { Plan } from '../model/plan';
import { kindOf, type Step } from '../steps/step';
import { copiesOfRestarts, filesOfSteps } from './files-of-steps';
import { helpers } from './helpers';
import { block, plain } from '../commands/markdown';
import { serverShell, type ServerShell } from '../commands/server-shell';
import { wayBack } from './way-back';
import { digestOf } from '../commands/write-file';

/** What a runbook is made from. */
export interface RunbookInput {
  readonly plan: Plan;
  /** Paths of keys and certificates are absolute: commands run in a folder of their own. */
  readonly fleet: Fleet;
  readonly observed: readonly ObservedServer[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * A plan as Markdown, for a person to do by hand: in the plan's order, every command and every file exact, how each proof
 * shows, and what to do if it does not. The blocks marked `bash` run in order, in one bash on the operator's machine, which
 * reaches the servers by ssh and docker; those marked `if-needed` only when the text says so.
 * @returns a fault when the plan is blocked or empty, or a server was never read.
 */
export function makeRunbook({ plan, fleet, observed, now }: RunbookInput): Result<string> {
  if (plan.blocked) return fail(blocked(plan));
  if (plan.steps.length === 0) return fail(nothingToDo);
  const tag = plan.fingerprint.slice(0, 8);
  const byId = new Map(observed.map((it) => [it.id, it]));
  const seen = (id: ServerId): ObservedServer => there(byId.get(id), id);
  const shells = new Map<ServerId, ServerShell>();
  for (const id of serversOf(plan.steps)) {
    const server = fleet.servers.find((it) => it.id === id);
    const shell = serverShell(there(server, id), seen(id), tag);
    if (!shell.ok) return shell;
    shells.set(id, shell.value);
  }
  const shell = (id: ServerId): ServerShell => there(shells.get(id), id);
  const scratchOf = (id: ServerId): string => shell(id).testFolder;
  const files = filesOfSteps(plan.steps, seen, scratchOf);
  if (!files.ok) return files;
  const copies = copiesOfRestarts(plan.steps, seen, scratchOf);
  if (!copies.ok) return copies;
  const configs = new Map<ServerId, ServerConfig | null>(observed.map((it) => [it.id, runsWith(it)]));
  const written = new Map<ServerId, string>();
  const chapters = plan.steps.map((step) => {
    const file = files.value.get(step.id);
    if (file) {
      configs.set(step.server, runsWith({ ...seen(step.server), config: file.config }));
      written.set(step.server, `${step.id}.${step.server}.toml`);
    }
    const commands = kindOf(step).commands(step, {
      shell,
      file: (id) => there(files.value.get(id), `the file of step ${id}`),
      copy: (id) => copies.value.get(id),
      config: (id) => configs.get(id) ?? null,
      digest: (id) => {
        const local = written.get(id);
        if (local !== undefined) return `"$(digest < ${local})"`;
        return digestOf(new TextEncoder().encode(seen(id).file?.text ?? ''));
      },
      domain: (id) => seen(id).domain?.uuid ?? null,
    });
    return chapter(step, commands);
  });
  return ok(
    `${[
      head(plan, fleet, now),
      ...erases(plan.steps),
      preparation([...shells.values()], tag),
      ...chapters,
      `## The way back\n\n${wayBack(plan.steps, shell, seen)}`,
    ].join('\n\n')}\n`,
  );
}

/** What a plan names, of the servers it was made from. */
function there<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new Error(`the plan names ${name}, which is not there`);
  return found;
}

function head(plan: Plan, fleet: Fleet, now: number): string {
  const rows = plan.steps.map(
    (step) =>
      `| ${step.id} | ${step.server} | ${plain(step.summary)} | ${step.erases.length === 0 ? '' : `**erases ${step.erases.join(', ')}**`} |`,
  );
  const problems = plan.problems.map((it) => `- ${it.severity}: ${plain(it.message)} ${plain(it.fix)}`);
  return [
    `# Runbook: ${plain(fleet.name)}`,
    `Made by Kanilink at ${new Date(now).toISOString()}, from plan ${plan.fingerprint.slice(0, 16)}. It holds the whole of every server.toml it writes; these have public certificates, and whatever else was in yours. It fits the servers as they were then: every step that changes something looks first whether they still are.`,
    `| step | server | what | |\n|---|---|---|---|\n${rows.join('\n')}`,
    ...(problems.length === 0 ? [] : [problems.join('\n')]),
  ].join('\n\n');
}

function erases(steps: readonly Step[]): readonly string[] {
  const erased = erasedBy({ steps }).map(
    (id) =>
      `**The whole database of ${id}**: every account, group, session and token that exists only on ${id} is gone afterwards. Nothing is merged. A backup is taken before, and its path is written down; the last chapter restores it.`,
  );
  return erased.length === 0 ? [] : ['## What is erased', ...erased];
}

function preparation(shells: readonly ServerShell[], tag: string): string {
  const servers = shells.map(({ id, name, functions }) => `# ${id}: commands end in _${name}.\n${functions}`);
  return [
    '## Before the first step',
    shells.map(({ id, reached }) => `- ${id}: ${plain(reached)}`).join('\n'),
    'All commands run on your own machine, in one bash (3.2 or later) that reaches the servers by ssh and docker as you do; servers in containers need GNU tar here. Do the blocks in order, one at a time; a block that fails prints STOP and goes no further. Agree with everybody who may change these servers that nobody else does meanwhile: a runbook has no lock.',
    'This block makes a folder for the files and defines the words that the steps use. Should your shell end, run it again in the same place: what was kept is found there.',
    block(
      'bash',
      [
        `umask 077; [ "\${PWD##*/}" = kanilink-runbook-${tag} ] || { mkdir -p kanilink-runbook-${tag} && cd kanilink-runbook-${tag}; }`,
        helpers,
        ...servers,
      ].join('\n'),
    ),
    'Every server answers with its domain:',
    block('bash', shells.map(({ id, name }) => `echo "${id}: $(domain ${name})"`).join('\n')),
  ].join('\n\n');
}

function chapter(step: Step, commands: string): string {
  const diff = step.diff === '' ? [] : [block('diff', escapeControls(step.diff.replaceAll('\r\n', '\n')))];
  const facts = [
    plain(step.why),
    ...(step.risk === '' ? [] : [`Risk: ${plain(step.risk)}.`]),
    ...(step.requires.length === 0 ? [] : [`It needs that ${step.requires.map(plain).join('; ')}.`]),
  ];
  const erases =
    step.erases.length === 0 || kindOf(step).saysWhomItErases
      ? []
      : [
          `**This step erases the whole database of ${step.erases.join(' and ')}**, as soon as the server has restarted. Nothing is merged.`,
        ];
  return [`## Step ${step.id}: ${plain(step.summary)}`, facts.join(' '), ...erases, ...diff, commands].join(
    '\n\n',
  );
}

/** Everyone a plan touches, looks at or pins, in the order they come up. */
function serversOf(steps: readonly Step[]): readonly ServerId[] {
  const of = (step: Step): readonly ServerId[] => {
    const kind = kindOf(step);
    return [step.server, ...kind.takesDataOf(step), ...kind.looksAt(step)];
  };
  return [...new Set(steps.flatMap(of))];
}

function blocked({ problems }: Plan): Fault {
  const errors = problems.filter((it) => it.severity === 'error');
  const why = errors.find((it) => it.server === null) ?? errors[0];
  return {
    code: 'plan-blocked',
    message: `This plan is blocked, so there is no runbook of it: ${why?.message ?? ''}`,
    fix: 'Solve the errors of the plan first.',
    where: {},
  };
}

const nothingToDo: Fault = {
  code: 'nothing-to-do',
  message: 'The plan has no steps, so there is nothing to write down.',
  fix: 'The servers are as the fleet file says.',
  where: {},
};
