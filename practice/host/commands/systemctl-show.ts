import { userInfo } from 'node:os';
import type { Unit } from '../unit';
import { fail, type Exit, type Invocation, type MachineParts } from './command';
import { unitName } from './unit-name';

/** `systemctl show [UNIT] [-p A,B] [--property=A] [--value]`. Properties nobody knows are left out, as systemd does. */
export async function showUnit(invocation: Invocation, machine: MachineParts): Promise<Exit> {
  const asked = readArguments(invocation.args);
  if (typeof asked === 'string') return fail(invocation, 1, asked);
  const known = asked.unit === machine.unit.name ? loaded(machine) : notFound(asked.unit);
  const wanted = asked.properties;
  const shown = [...known].filter(([property]) => wanted === null || wanted.has(property));
  const lines = shown.map(([property, value]) => (asked.valueOnly ? value : `${property}=${value}`));
  if (lines.length > 0) await invocation.out(`${lines.join('\n')}\n`);
  return { code: 0 };
}

/** Where the unit file of a machine lies, inside its folder. */
export const UNIT_FILE_FOLDER = 'etc/systemd/system';

interface Asked {
  readonly unit: string;
  /** Null: all of them. */
  readonly properties: ReadonlySet<string> | null;
  readonly valueOnly: boolean;
}

function readArguments(args: readonly string[]): Asked | string {
  const properties: string[] = [];
  const names: string[] = [];
  let valueOnly = false;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '-p' || arg === '--property') {
      at += 1;
      properties.push(...(args[at] ?? '').split(','));
    } else if (arg.startsWith('--property=')) {
      properties.push(...arg.slice('--property='.length).split(','));
    } else if (/^-p./.test(arg)) {
      properties.push(...arg.slice(2).split(','));
    } else if (arg === '--value') {
      valueOnly = true;
    } else if (!arg.startsWith('-')) {
      names.push(arg);
    } else if (!['--no-pager', '--all', '-a', '--system', '--timestamp=unix'].includes(arg)) {
      return `systemctl: unrecognized option '${arg}'`;
    }
  }
  const [, unit, ...more] = names;
  if (unit === undefined || more.length > 0) return 'A practice machine shows one unit: name one.';
  return { unit: unitName(unit), properties: properties.length > 0 ? new Set(properties) : null, valueOnly };
}

/** The properties in the order systemd prints them. */
function loaded(machine: MachineParts): Map<string, string> {
  const { unit, fence } = machine;
  const { status } = unit;
  return new Map([
    ['Type', 'notify'],
    ['Restart', 'no'],
    ['MainPID', String(status.mainPid)],
    ['ControlPID', '0'],
    ['NRestarts', '0'],
    ['Result', status.result],
    ['ExecMainStartTimestampMonotonic', String(status.startedMonotonic)],
    ['ExecMainPID', String(status.mainPid)],
    ['ExecMainCode', String(status.lastExit.code)],
    ['ExecMainStatus', String(status.lastExit.status)],
    ['ExecStart', execStart(unit)],
    ['Environment', environment(unit)],
    ['EnvironmentFiles', ''],
    ['User', userInfo().username],
    ['Id', unit.name],
    ['Names', unit.name],
    ['Description', 'Kanidm, the IDM for rustaceans'],
    ['LoadState', 'loaded'],
    ['ActiveState', status.active],
    ['SubState', status.sub],
    ['FragmentPath', `${fence.root}/${UNIT_FILE_FOLDER}/${unit.name}`],
    ['UnitFileState', 'enabled'],
    ['InvocationID', status.invocationId],
  ]);
}

function notFound(name: string): Map<string, string> {
  return new Map([
    ['Type', 'simple'],
    ['Restart', 'no'],
    ['MainPID', '0'],
    ['NRestarts', '0'],
    ['Result', 'success'],
    ['ExecMainStartTimestampMonotonic', '0'],
    ['ExecMainCode', '0'],
    ['ExecMainStatus', '0'],
    ['Id', name],
    ['Names', name],
    ['Description', name],
    ['LoadState', 'not-found'],
    ['ActiveState', 'inactive'],
    ['SubState', 'dead'],
    ['InvocationID', ''],
  ]);
}

/** `A=1 "B=two words"`, as systemd prints it. */
function environment(unit: Unit): string {
  const assignments = Object.entries(unit.environment).map(([key, value]) => `${key}=${value}`);
  return assignments.map((one) => (/[\s"']/.test(one) ? JSON.stringify(one) : one)).join(' ');
}

function execStart(unit: Unit): string {
  const { status } = unit;
  const code = ['(null)', 'exited', 'killed'][status.lastExit.code] ?? '(null)';
  const fields = [
    'path=/usr/sbin/kanidmd',
    `argv[]=${unit.commandLine}`,
    'ignore_errors=no',
    `start_time=[${timestamp(status.startedRealtime)}]`,
    `stop_time=[${timestamp(status.stoppedRealtime)}]`,
    `pid=${status.mainPid}`,
    `code=${code}`,
    `status=${status.lastExit.status}${status.lastExit.code === 0 ? '/0' : ''}`,
  ];
  return `{ ${fields.join(' ; ')} }`;
}

/** `Mon 2026-11-23 20:31:47 UTC`, or `n/a`. */
function timestamp(micros: number): string {
  if (micros === 0) return 'n/a';
  const date = new Date(micros / 1000);
  const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][date.getUTCDay()] ?? '';
  return `${day} ${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
