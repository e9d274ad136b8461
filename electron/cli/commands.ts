import type { Invocation } from './arguments';
import { adopt } from './commands/adopt';
import { endpointHelp } from './commands/adopt-endpoint';
import { apply, refresh, renew, resume, rollback } from './commands/apply';
import { certificates } from './commands/certificates';
import { check } from './commands/check';
import { compare } from './commands/compare';
import { history } from './commands/history';
import { logs } from './commands/logs';
import { plan } from './commands/plan';
import { practice } from './commands/practice';
import { status } from './commands/status';
import type { World } from './world';

/** One word of the command line: `kanilink NAME …`. */
export interface Command {
  readonly name: string;
  /** What follows the name. */
  readonly usage: string;
  /** One line. */
  readonly summary: string;
  readonly takesFleet: boolean;
  /** Takes servers' endpoints instead, and makes the fleet file named by `--output`. */
  readonly takesEndpoints?: true;
  /** Options beside `--json`, `--config-dir` and `--help`. */
  readonly options: readonly string[];
  /** More for `kanilink help NAME`: the JSON and what the exit codes mean here. */
  readonly details: string;
  /** @returns the exit code. */
  readonly run: (invocation: Invocation, world: World) => Promise<number>;
}

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  {
    name: 'check',
    usage: 'FLEET',
    summary: 'reads the fleet file, probes the servers, prints problems',
    takesFleet: true,
    options: [],
    details: 'Exit 0: no errors (warnings may be there); 1: errors.\nJSON: {"problems":[…]}',
    run: check,
  },
  {
    name: 'status',
    usage: 'FLEET',
    summary: 'shows servers and pulls as they are; waits up to two poll intervals for evidence',
    takesFleet: true,
    options: [],
    details:
      'Exit 0: every pull replicates and no rule finds an error; 2: some do not, or an error; 1: failed.\nJSON: {"servers":[…],"pulls":[…],"problems":[…]}',
    run: status,
  },
  {
    name: 'plan',
    usage: 'FLEET [--runbook FILE.md]',
    summary: 'shows the steps a deploy would take, with diffs, risks and what is erased',
    takesFleet: true,
    options: ['runbook'],
    details:
      '--runbook writes the plan as Markdown, with every command and file for a person to do by hand; a file that is there is never overwritten.\nExit 0: nothing to do; 2: there are changes; 1: failed, blocked, or a server that could not be judged.\nJSON: {"changes":bool,"steps":[…],"problems":[…]}',
    run: plan,
  },
  {
    name: 'apply',
    usage: 'FLEET [--yes] [--erase ID]… [--take-over]',
    summary: 'carries the plan out; erases no database that --erase does not name',
    takesFleet: true,
    options: ['yes', 'erase', 'take-over'],
    details:
      'Without --yes it shows the plan and asks on the terminal. --erase may be repeated, or list ids with commas.\n--take-over takes locks over that are an hour old. Refused while an interrupted deploy waits for resume or rollback.\nExit 0: done, or nothing to do; 1: refused, failed, rolled back or cancelled.\nJSON: {"result":"done|unchanged|refused|failed|rolled-back|cancelled","deploy":"ID"|null,"journal":"FOLDER"|null,"steps":[…],"problems":[…]}; each step has its "state".',
    run: apply,
  },
  {
    name: 'resume',
    usage: 'FLEET [--yes] [--erase ID]… [--take-over]',
    summary: 'finishes an interrupted deploy; looks at the servers again before it trusts its journal',
    takesFleet: true,
    options: ['yes', 'erase', 'take-over'],
    details:
      'A refresh that was under way counts as unknown: its server is restarted, and its log tells. An erase must be named again.\nExit and JSON: as apply; 0 also when nothing was interrupted.',
    run: resume,
  },
  {
    name: 'rollback',
    usage: 'FLEET [--deploy ID] [--yes] [--erase ID]… [--take-over]',
    summary: 'puts back the files of a deploy that was interrupted or ended badly; a refresh is not undone',
    takesFleet: true,
    options: ['yes', 'erase', 'take-over', 'deploy'],
    details:
      'Only files that are still as the deploy wrote them are put back. Where a refresh happened it says where the backup is and how to restore it. --deploy names another deploy, as kanilink history FLEET lists them. Rolling back a deploy that ended well takes the links it made away again: what replicates by them stops, and each server keeps the data it has then.\nExit and JSON: as apply; 0 also when there is nothing to undo.',
    run: rollback,
  },
  {
    name: 'history',
    usage: 'FLEET',
    summary:
      'lists the deploys of this fleet: when, by whom, how they ended, and what can be done about them',
    takesFleet: true,
    options: [],
    details:
      'Reads the journals of this machine; asks no server.\nExit 0: read; 1: failed.\nJSON: {"deploys":[{"deploy","journal","at","purpose","of","who","host","state","outcome","settledBy","steps":[…],"possible":["resume"|"rollback",…]}],"interrupted":"ID"|null,"problems":[…]}',
    run: history,
  },
  {
    name: 'logs',
    usage: 'FLEET [--server ID] [--follow] [--only replication|all|warnings]',
    summary: 'prints the log lines of all servers, merged by time; the last ten minutes, or on and on',
    takesFleet: true,
    options: ['server', 'follow', 'only'],
    details:
      '--only replication (the default) shows rounds, refreshes, starts and all trouble, warnings the trouble alone, all every line. A terminal’s lines are cut to its width. With --json the default is all.\nExit 0: read to the end, or stopped by Ctrl-C; 1: a server’s log could not be read.\nJSON (not with --follow): {"lines":[{"at","server","level","meaning","raw","pull"}],"problems":[…]}; at is in microseconds.',
    run: logs,
  },
  {
    name: 'compare',
    usage: 'FLEET',
    summary: 'proves from online backups that the servers hold the same data',
    takesFleet: true,
    options: [],
    details:
      'Compares every two linked servers entry by entry. The backups are read into memory and deleted on the servers at once. What changed a moment ago is looked at again a round later.\nExit 0: all hold the same; 2: some differ; 1: failed, or some could not be compared.\nJSON: {"comparisons":[{"servers","at","result","entries","differing":[{"type","name","newer","onlyOn",…}],…}],"problems":[…]}; never a value of an entry.',
    run: compare,
  },
  {
    name: 'certificates',
    usage: 'FLEET',
    summary: 'shows when each replication certificate ends, and which one every partner pins',
    takesFleet: true,
    options: [],
    details:
      'Exit 0: all are valid for 30 days and more, and pinned as shown; 2: some are not, or a server could not be asked; 1: failed.\nJSON: {"servers":[{"id","certificate","daysLeft","pinnedBy":[{"server","fingerprint","current"}]}],"problems":[…]}',
    run: certificates,
  },
  {
    name: 'renew',
    usage: 'FLEET --server ID [--yes] [--take-over]',
    summary: 'renews a server’s replication certificate and re-pins it on all its partners',
    takesFleet: true,
    options: ['server', 'yes', 'erase', 'take-over'],
    details:
      'Refused while a partner is down, is not in the fleet, or has a name that the server cannot resolve. Up to 1.11.0 the new certificate takes more than a minute to show. A renewal is not undone; interrupted, it is finished by resume.\nExit and JSON: as apply.',
    run: renew,
  },
  {
    name: 'adopt',
    usage: 'ENDPOINT… --output FLEET [--primary ID]…',
    summary: 'makes a fleet file from servers as they run; changes nothing on them',
    takesFleet: false,
    takesEndpoints: true,
    options: ['output', 'primary'],
    details: `${endpointHelp}

Partners are known by their pinned certificates, then by their origins. The side of a link that may refresh itself (automatic_refresh), or pulls from one that only allows it, is the consumer. Where the files do not say whose data wins, name that server with --primary, once for each group of linked servers; its id is the first label of its origin's host, and is printed when it is asked for.
What a fleet file cannot say is left as it is on the servers and reported. An existing file is never overwritten.
Exit 0: the file is made (whether a deploy would change anything is printed); 1: a server could not be read, or the file could not be made; 64: bad usage, or --primary is needed.
JSON: {"fleet":"PATH"|null,"servers":[…],"links":[{"supplier","consumer","mutual","automaticRefresh","because"}],"questions":[{"servers","candidates"}],"changes":bool|null,"problems":[…]}`,
    run: adopt,
  },
  {
    name: 'refresh',
    usage: 'FLEET --erase ID… [--yes] [--take-over]',
    summary: 'replaces a server’s database by its source’s although both say one domain, as after a restore',
    takesFleet: true,
    options: ['yes', 'erase', 'take-over'],
    details:
      'For a server that was put back to an older copy: its logs go on saying Success, and only kanilink compare finds what it lacks. Each server named with --erase takes the data of the server it is drawn to take it from, after a backup; several are cut off from each other until each has been refreshed. Refused while a link is drawn with automatic refresh. See docs/paths.md.\nExit and JSON: as apply.',
    run: refresh,
  },
  {
    name: 'practice',
    usage: '[--servers N]',
    summary: 'starts a practice fleet, prints its fleet file’s path, runs until Ctrl-C',
    takesFleet: false,
    options: ['servers'],
    details: 'Practice servers listen on 127.0.0.1 only and hold no real data.\nJSON: {"fleet":"PATH"}',
    run: practice,
  },
];
