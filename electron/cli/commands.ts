import { LOOK_LEAVES } from '../../shared/serves/serves-words';
import { firstWith } from '../../shared/versions/versions';
import type { Command } from './base/command';
import { adopt } from './commands/adopt';
import { endpointHelp } from './commands/adopt-endpoint';
import { answers } from './commands/answers';
import { apply, refresh, renew, restart, resume, rollback, start } from './commands/apply';
import { certificates } from './commands/certificates';
import { check } from './commands/check';
import { compare } from './commands/compare';
import { diagnose } from './commands/diagnose';
import { explain } from './commands/explain';
import { helper } from './commands/helper';
import { history } from './commands/history';
import { lint } from './commands/lint';
import { logs } from './commands/logs';
import { plan } from './commands/plan';
import { practice } from './commands/practice';
import { status } from './commands/status';
import { trust } from './commands/trust';
import { watchCommand } from './commands/watch-command';

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
    name: 'trust',
    usage: 'FLEET [--yes]',
    summary: 'shows which hosts, keys and sockets a fleet file would use, and asks whether to trust it',
    takesFleet: true,
    options: ['yes'],
    details:
      'A fleet file that Kanilink did not make on this computer is trusted once, by its path and by what it makes Kanilink use; a change of that is asked about again. Until then no command connects to its servers or reads the keys it names. --yes trusts it without asking, for scripts; --trust does the same with any other command. Dials nothing.\nExit 0: trusted, and remembered; 1: not.\nJSON: {"trusted":bool,"problems":[…]}',
    run: trust,
  },
  {
    name: 'status',
    usage: 'FLEET [--logins] [--ruv]',
    summary: 'shows servers and pulls as they are; waits up to two poll intervals for evidence',
    takesFleet: true,
    options: ['logins', 'ruv'],
    details: `--logins also proves what rounds do not: each server’s HTTPS certificate is the one on its disk, /status answers, an anonymous login works, and a session made on one end of a pull is good on the other. It leaves ${LOOK_LEAVES} in each server’s log. What cannot be asked is unknown.\n--ruv reads each server’s replication update vector from the head of an online backup, which makes no file there: how many changes each consumer lacks, how old they are, and whether a server was restored to an older copy, which no log can tell. Kanidm 1.9 or later.\nExit 0: every pull replicates, no rule finds an error, and no deploy of this fleet is interrupted; 2: some do not, an error, a deploy is interrupted or it cannot be known, logins are broken or not proved, an update vector was not read, or a server was restored; 1: failed. Changes that a consumer still lacks are said, and fail nothing.\nJSON: {"servers":[…],"pulls":[…],"problems":[…]}, with --logins also {"serves":{"servers":[…],"logins":[…]}}, with --ruv {"ruv":{"servers":[…],"pulls":[…]}}`,
    run: status,
  },
  {
    name: 'plan',
    usage: 'FLEET [--runbook FILE.md]',
    summary: 'shows the steps a deploy would take, with diffs, risks and what is erased',
    takesFleet: true,
    options: ['runbook'],
    details:
      '--runbook writes the plan as Markdown, with every command and file for a person to do by hand; a file that is there is never overwritten.\nExit 0: nothing to do; 2: there are changes; 1: failed, blocked, or a server that could not be judged.\nJSON: {"format":1,"changes":bool,"fingerprint":"SHA-256"|null,"steps":[…],"problems":[…]}; apply --plan takes the fingerprint.',
    run: plan,
  },
  {
    name: 'apply',
    usage: 'FLEET [--plan FINGERPRINT] [--yes] [--erase ID]… [--take-over] [--not-running]',
    summary: 'carries the plan out; erases no database that --erase does not name',
    takesFleet: true,
    options: ['plan', 'yes', 'erase', 'take-over', 'not-running'],
    details:
      'Without --yes it shows the plan and asks on the terminal. --erase may be repeated, or list ids with commas.\n--plan carries out only the plan with this fingerprint, as kanilink plan FLEET --json printed it where the plan was reviewed; any other plan is refused.\n--take-over takes locks over that are an hour old. Refused while an interrupted deploy waits for resume or rollback. --not-running says that no earlier deploy of this fleet runs any more, where Kanilink cannot know: one begun on another machine, or one whose journal cannot be read.\nExit 0: done, or nothing to do; 1: refused, failed, rolled back or cancelled.\nJSON: {"result":"done|unchanged|refused|failed|rolled-back|cancelled","deploy":"ID"|null,"journal":"FOLDER"|null,"steps":[…],"problems":[…]}; each step has its "state".',
    run: apply,
  },
  {
    name: 'resume',
    usage: 'FLEET [--yes] [--erase ID]… [--take-over] [--not-running]',
    summary: 'finishes an interrupted deploy; looks at the servers again before it trusts its journal',
    takesFleet: true,
    options: ['yes', 'erase', 'take-over', 'not-running'],
    details:
      'A refresh that was under way counts as unknown: its server is restarted, and its log decides. An erase must be named again.\nExit and JSON: as apply; 0 also when nothing was interrupted, 1 while the deploy still runs. --not-running: see apply.',
    run: resume,
  },
  {
    name: 'rollback',
    usage: 'FLEET [--deploy ID] [--yes] [--erase ID]… [--take-over] [--not-running]',
    summary: 'puts back the files of a deploy that was interrupted or ended badly; a refresh is not undone',
    takesFleet: true,
    options: ['yes', 'erase', 'take-over', 'not-running', 'deploy'],
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
  watchCommand,
  answers,
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
    usage: 'FLEET --server ID [--yes] [--take-over] [--not-running]',
    summary: 'renews a server’s replication certificate and re-pins it on all its partners',
    takesFleet: true,
    options: ['server', 'yes', 'erase', 'take-over', 'not-running'],
    needs: { option: 'server', names: 'whose certificate is renewed' },
    details: `Refused while a partner is down, is not in the fleet, or has a name that the server cannot resolve. Before ${firstWith('quick-renewal')} the new certificate takes more than a minute to show. A renewal is not undone; interrupted, it is finished by resume.\nExit and JSON: as apply.`,
    run: renew,
  },
  {
    name: 'start',
    usage: 'FLEET --server ID [--yes] [--take-over] [--not-running]',
    summary: 'starts kanidmd on a server where it does not run, and proves its pulls',
    takesFleet: true,
    options: ['server', 'yes', 'take-over', 'not-running'],
    needs: { option: 'server', names: 'the server that is started' },
    details:
      'Writes no file. A copy of its server.toml is tested first. Refused where the start would change the version of the database, and where the server may erase itself once it runs.\nExit and JSON: as apply; 0 also when it runs already.',
    run: start,
  },
  {
    name: 'restart',
    usage: 'FLEET --server ID [--yes] [--take-over] [--not-running]',
    summary: 'restarts kanidmd on a server, its server.toml tested first, and proves its pulls',
    takesFleet: true,
    options: ['server', 'yes', 'take-over', 'not-running'],
    needs: { option: 'server', names: 'the server that is restarted' },
    details:
      'Writes no file; one that was changed since kanidmd started is shown, for it counts from then on. A refresh that was asked for and has not begun is dropped. Refused as start is. A server that does not run is started.\nExit and JSON: as apply.',
    run: restart,
  },
  {
    name: 'adopt',
    usage: 'ENDPOINT… --output FLEET [--primary ID]…',
    summary: 'makes a fleet file from servers as they run; changes nothing on them',
    takesFleet: false,
    takesEndpoints: true,
    options: ['output', 'primary'],
    needs: { option: 'output', names: 'where the fleet file is to be made' },
    details: `${endpointHelp}

Partners are known by their pinned certificates, then by their origins. The side of a link that may refresh itself (automatic_refresh), or pulls from one that only allows it, is the consumer. Where the files do not say whose data wins, name that server with --primary, once for each group of linked servers; its id is the first label of its origin’s host, and is printed when it is asked for.
What a fleet file cannot say is left as it is on the servers and reported. An existing file is never overwritten.
Exit 0: the file is made (whether a deploy would change anything is printed); 1: a server could not be read, or the file could not be made; 64: bad usage, or --primary is needed.
JSON: {"fleet":"PATH"|null,"servers":[…],"links":[{"supplier","consumer","mutual","automaticRefresh","because"}],"questions":[{"servers","candidates"}],"changes":bool|null,"problems":[…]}`,
    run: adopt,
  },
  {
    name: 'refresh',
    usage: 'FLEET --erase ID… [--yes] [--take-over] [--not-running]',
    summary:
      'replaces a server’s database with its source’s although both are in one domain, as after a restore',
    takesFleet: true,
    options: ['yes', 'erase', 'take-over', 'not-running'],
    needs: { option: 'erase', names: 'every server that is to take its source’s data' },
    details:
      'For a server that was put back to an older copy: its logs go on saying Success; kanilink status --ruv and kanilink compare find what it lacks. Each server named with --erase takes the data of the server it is drawn to take it from, after a backup; several are cut off from each other until each has been refreshed. Refused while a link is drawn with automatic refresh. See docs/paths.md.\nExit and JSON: as apply.',
    run: refresh,
  },
  {
    name: 'helper',
    usage: 'FLEET --server ID [--user NAME] [--database PATH]',
    summary: 'prints what lets a login without root’s rights deploy to a server over SSH; changes nothing',
    takesFleet: true,
    options: ['server', 'user', 'database'],
    needs: { option: 'server', names: 'whose helper is printed' },
    details:
      'The output is one command for a root shell on the server: it writes a small program made for that server, checks it against its SHA-256, and allows it in sudoers. Lines for a login that only looks stand above it. --user names the login when it is not the fleet’s; --database says where the database is when the configuration cannot be read.\nExit 0: printed; 1: failed, or it would not be safe there.\nJSON: {"helper":{"path","text","sha256","sudoers","readOnly":[…],"warning","install"}|null,"problems":[…]}',
    run: helper,
  },
  {
    name: 'diagnose',
    usage: 'FLEET [--output FILE] [--without-addresses]',
    summary: 'writes down what helps to find out what went wrong, to be given away; changes nothing',
    takesFleet: true,
    options: ['output', 'without-addresses'],
    details:
      'Versions, the fleet, problems, what was observed, past deploys, the newest calls to the servers, the ends of the log files. No content of a file on a server, no value of a variable, no backup, no key, no password. --without-addresses replaces hosts, addresses and logins, each with the same word everywhere. --output writes a new file that only you may read; without it the document goes to standard output. Read it before you give it away.\nA fleet file that cannot be used, or is not trusted, is told of; then no server is asked.\nExit 0: made; 1: it could not be written.\nJSON: the document, "format": 1; with --output {"file":"PATH"|null,"problems":[…]}',
    run: diagnose,
  },
  {
    name: 'lint',
    usage: 'SERVER_TOML --version VERSION',
    summary:
      'says what kanidmd of a version would refuse in a server.toml, and what is risky; needs no server',
    takesFleet: false,
    takesFile: 'a server.toml',
    options: ['version'],
    needs: {
      option: 'version',
      names: 'the version of kanidmd that is to read it, as kanidmd version prints it',
    },
    details:
      'The same reading as before every deploy. Only the file is looked at: whether a certificate is the one a partner shows, whether a port is free, and what KANIDM_ variables say, only a server can tell (kanilink check).\nExit 0: nothing was found that kanidmd refuses (warnings may be there); 1: errors, or it could not be read.\nJSON: {"format":1,"version":"VERSION","replication":bool|null,"problems":[…]}; each has its line and column in "where".',
    run: lint,
  },
  {
    name: 'explain',
    usage: '--consumer LOG [--supplier LOG]',
    summary: 'says what saved logs of one server, or of both ends of a pull, prove; needs no server',
    takesFleet: false,
    options: ['consumer', 'supplier'],
    needs: { option: 'consumer', names: 'the log that was saved of the server that pulls' },
    details:
      'Reads what docker logs (with --timestamps is better), journalctl and journalctl --output=json print, and kanidmd’s own output; up to 64 MB each. What is said of a pull is how it stood at the end of the log. It never says that a pull replicates: no log tells whether both ends are in one domain. Without the supplier’s log, what only the supplier says is not known.\nLogs may hold names of entries: look before you give them away.\nExit 0: no trouble at the end of the logs; 2: a pull is broken or needs something; 1: a log could not be read, or is none of kanidmd.\nJSON: {"format":1,"ends":[{"name","lines","timed","zoned","dated","from","to","version","startedAt","listening","pulls":[{"consumer","supplier","health","cause","fix","lastSuccess","rounds":[{"at","kind","took","outcome"}]}],"troubles":[{"at","code","cause","fix","evidence"}]}],"problems":[…]}; at, from and to are microseconds, null where the log has no times. Where its times name no zone, zoned is false and they are a clock of unknown zone, read as UTC; where they name no year, dated is false and the newest year that fits is taken.',
    run: explain,
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
