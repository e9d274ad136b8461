import { fail, ok, type Result } from '../../../../../shared/base/result';
import { showUnit } from '../commands/systemd';
import type { Output } from '../../connection';
import { type ServerPlace, faultAt } from '../../common/faults';
import { type Identity, readProcStatus, ROOT } from './identity';
import { readProperties } from './systemctl';

type Run = (argv: readonly string[], signal: AbortSignal) => Promise<Result<Output>>;

/** What a unit's [Service] says of who runs it. */
export interface ServiceUser {
  readonly identity: Identity;
  /** systemd makes the user up at each start (`DynamicUser=`), as Kanidm's own packages ask for; null: it does not. */
  readonly dynamic: DynamicUser | null;
}

/** What a unit says of a user that systemd makes up: the same in another unit gives the same user (systemd.exec(5)). */
export interface DynamicUser {
  readonly User: string;
  readonly Group: string;
  readonly SupplementaryGroups: string;
  readonly StateDirectory: string;
  readonly StateDirectoryMode: string;
}

const PROPERTIES = [
  ...['User', 'Group', 'SupplementaryGroups', 'DynamicUser'],
  ...['MainPID', 'StateDirectory', 'StateDirectoryMode'],
];

/** No uid: whatever is asked to run as this fails. */
const NOBODY_YET = -1;

/**
 * What runs a program in a unit of its own beside the service, as the same dynamic user and with the same folders, and
 * passes on what it reads and prints (systemd-run(1)).
 */
export function besideUnit(user: DynamicUser, writable: string | null): readonly string[] {
  const properties = {
    DynamicUser: 'yes',
    ...user,
    ...(writable === null ? {} : { ReadWritePaths: writable }),
  };
  return [
    ...['systemd-run', '--quiet', '--pipe', '--wait', '--collect', '--service-type=exec'],
    ...Object.entries(properties).flatMap(([name, value]) =>
      value === '' ? [] : [`--property=${name}=${value}`],
    ),
    '--',
  ];
}

/** Users that systemd makes up for a unit are from this range (systemd.exec(5), `DynamicUser=`). */
const DYNAMIC = { least: 61184, most: 65519 };

/**
 * Who runs a unit: of a running one what the kernel says of its process, of a stopped one what the unit says.
 * @returns `service-user-unknown` when the user has no number by now.
 */
export async function serviceUser(
  where: ServerPlace,
  unit: string,
  run: Run,
  signal: AbortSignal,
): Promise<Result<ServiceUser>> {
  const shown = await run(showUnit(unit, PROPERTIES), signal);
  if (!shown.ok) return shown;
  const properties = readProperties(shown.value.stdout);
  const dynamic = properties['DynamicUser'] === 'yes';
  const user = properties['User'] ?? '';
  const name = user === '' && dynamic ? unit.replace(/\.service$/, '') : user;
  if (name === '' || name === 'root' || name === '0') return ok({ identity: ROOT, dynamic: null });
  const named = await byName(run, name, properties, signal);
  if (!named.ok) return named;
  // A user who is there already is taken, whatever `DynamicUser=` says.
  const madeUp =
    (named.value?.uid ?? DYNAMIC.least) >= DYNAMIC.least && dynamic ? made(name, properties) : null;
  if (named.value !== null) return ok({ identity: named.value, dynamic: madeUp });
  const running = await byProcess(run, Number(properties['MainPID'] ?? 0), signal);
  if (!running.ok) return running;
  // A process that says it is the unit's is not believed to be root's, where the unit names somebody else.
  if (running.value !== null && running.value.uid !== 0)
    return ok({ identity: { ...running.value, name }, dynamic: madeUp });
  const kept = dynamic ? await byFolder(run, name, properties, signal) : ok(null);
  if (!kept.ok) return kept;
  if (kept.value !== null) return ok({ identity: kept.value, dynamic: madeUp });
  // One who never was, or whose folder this login may not see, is nobody until systemd makes them up.
  if (dynamic)
    return ok({ identity: { uid: NOBODY_YET, gid: NOBODY_YET, groups: [], name }, dynamic: madeUp });
  return fail(
    faultAt(
      where,
      'service-user-unknown',
      `the user ${name}, who runs ${unit}, has no number on the server`,
      'Start the service, or correct `User=` in its unit.',
      { detail: shown.value.stdout.trim() },
    ),
  );
}

const made = (User: string, properties: Readonly<Record<string, string>>): DynamicUser => ({
  User,
  Group: properties['Group'] ?? '',
  SupplementaryGroups: properties['SupplementaryGroups'] ?? '',
  StateDirectory: properties['StateDirectory'] ?? '',
  StateDirectoryMode: properties['StateDirectoryMode'] ?? '',
});

/** By what passwd and group say; null: they know nobody of that name. */
async function byName(
  run: Run,
  name: string,
  properties: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Result<Identity | null>> {
  const entry = await getent(run, 'passwd', name, signal);
  if (!entry.ok) return entry;
  if (entry.value === null) return ok(null);
  const member = await run(['id', '-G', '--', entry.value[0] ?? name], signal);
  if (!member.ok) return member;
  const further = await groupsOf(run, properties, signal);
  if (!further.ok) return further;
  const gid = further.value.own ?? Number(entry.value[3]);
  const groups = new Set([...numbers(member.value.stdout), ...further.value.others]);
  groups.delete(gid);
  return ok({ uid: Number(entry.value[2]), gid, groups: [...groups], name });
}

/** By what the kernel says of a running process; null: there is none, or it may not be looked at. */
async function byProcess(run: Run, pid: number, signal: AbortSignal): Promise<Result<Identity | null>> {
  if (!Number.isInteger(pid) || pid <= 0) return ok(null);
  const status = await run(['cat', '--', `/proc/${pid}/status`], signal);
  return status.ok ? ok(readProcStatus(status.value.stdout)) : status;
}

/** A dynamic user that is gone had a number, which its folder still has. systemd gives it the same again where it can. */
async function byFolder(
  run: Run,
  name: string,
  properties: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Result<Identity | null>> {
  const folder = (properties['StateDirectory'] ?? '').split(' ')[0] ?? '';
  const owner = await run(['stat', '-L', '-c', '%u', '--', `/var/lib/${folder.split(':')[0] ?? ''}`], signal);
  if (!owner.ok) return owner;
  const uid = Number(owner.value.stdout.trim());
  if (owner.value.exitCode !== 0 || !(uid >= DYNAMIC.least && uid <= DYNAMIC.most)) return ok(null);
  const further = await groupsOf(run, properties, signal);
  if (!further.ok) return further;
  return ok({ uid, gid: further.value.own ?? uid, groups: further.value.others, name });
}

/** The groups a unit names itself. */
async function groupsOf(
  run: Run,
  properties: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Result<{ readonly own: number | null; readonly others: readonly number[] }>> {
  const numberOf = async (name: string): Promise<Result<number | null>> => {
    const entry = await getent(run, 'group', name, signal);
    return entry.ok ? ok(entry.value === null ? null : Number(entry.value[2])) : entry;
  };
  const own = properties['Group'] ? await numberOf(properties['Group']) : ok(null);
  if (!own.ok) return own;
  const others: number[] = [];
  for (const name of (properties['SupplementaryGroups'] ?? '').split(/\s+/)) {
    if (name === '') continue;
    const found = await numberOf(name);
    if (!found.ok) return found;
    if (found.value !== null) others.push(found.value);
  }
  return ok({ own: own.value, others });
}

/** The fields of an entry, by name or number; null: there is none. */
export async function getent(
  run: Run,
  database: 'passwd' | 'group',
  key: string,
  signal: AbortSignal,
): Promise<Result<readonly string[] | null>> {
  const told = await run(['getent', database, key], signal);
  if (!told.ok) return told;
  const line = told.value.stdout.split('\n')[0] ?? '';
  const fields = line.split(':');
  return ok(told.value.exitCode === 0 && /^\d+$/.test(fields[2] ?? '') ? fields : null);
}

const numbers = (text: string): readonly number[] =>
  text
    .trim()
    .split(/\s+/)
    .filter((word) => /^\d+$/.test(word))
    .map(Number);
