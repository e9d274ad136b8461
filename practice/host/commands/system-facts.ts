import { release, type, userInfo } from 'node:os';
import { fencedTool } from './fenced-tools';
import { fail, type Exit, type Invocation, type MachineParts } from './command';

/** `date +FORMAT` with `%s`, `%N` and `%%`: all that a clock comparison needs. */
export async function date(invocation: Invocation, machine: MachineParts): Promise<Exit> {
  const words = invocation.args.filter((word) => word !== '-u' && word !== '--utc');
  const [format = ''] = words;
  if (words.length !== 1 || !format.startsWith('+')) {
    return fail(invocation, 1, `date: a practice machine knows only 'date +FORMAT'`);
  }
  const unknown = /%(?![sN%])./.exec(format);
  if (unknown) return fail(invocation, 1, `date: a practice machine does not know ${unknown[0]}`);
  const micros = machine.clock.realtime();
  const nanos = String((micros % 1e6) * 1000).padStart(9, '0');
  const values: Record<string, string> = { s: String(Math.floor(micros / 1e6)), N: nanos, '%': '%' };
  const text = format.slice(1).replace(/%(.)/g, (_all, letter: string) => values[letter] ?? '');
  await invocation.out(`${text}\n`);
  return { code: 0 };
}

/** `cat FILE…`; `/proc/uptime` and `/proc/PID/stat` are the machine's own. */
export async function cat(invocation: Invocation, machine: MachineParts): Promise<Exit> {
  if (invocation.args.length === 1 && invocation.args[0] === '/proc/uptime') {
    await invocation.out(uptime(machine));
    return { code: 0 };
  }
  const stats = invocation.args.map((path) => /^\/proc\/(self|\d+)\/stat$/.exec(path)?.[1]);
  if (stats.length === 0 || stats.includes(undefined)) return fencedTool('cat', invocation, machine);
  const { status } = machine.unit;
  let code = 0;
  for (const pid of stats)
    if (pid === 'self') await invocation.out(stat(process.pid, 'cat', machine.clock.monotonic()));
    else if (Number(pid) === status.mainPid && status.mainPid > 0)
      await invocation.out(stat(status.mainPid, 'kanidmd', status.startedMonotonic));
    else {
      await invocation.err(`cat: /proc/${pid}/stat: No such file or directory\n`);
      code = 1;
    }
  return { code };
}

/** `/proc/PID/stat` as the kernel writes it; of its numbers only the start is right. @param micros since the boot. */
const stat = (pid: number, name: string, micros: number): string =>
  `${pid} (${name}) S 1 ${`0 `.repeat(17)}${Math.floor(micros / 10_000)} 0 0\n`;

/** `/proc/uptime` as the kernel writes it: seconds up, seconds idle. */
export function uptime(machine: Pick<MachineParts, 'clock'>): string {
  const seconds = (machine.clock.monotonic() / 1e6).toFixed(2);
  return `${seconds} ${seconds}\n`;
}

/** `id -u`, `id -g`, `id -un`: of whom the practice fleet runs as. */
export async function id(invocation: Invocation): Promise<Exit> {
  const { uid, gid, username } = userInfo();
  const asked = invocation.args.join(' ');
  const answer = { '-u': uid, '-g': gid, '-un': username, '-u -n': username }[asked];
  if (answer === undefined)
    return fail(invocation, 1, `id: a practice machine knows -u, -g and -un, not '${asked}'`);
  await invocation.out(`${answer}\n`);
  return { code: 0 };
}

/** `uname`, with -s and -r. */
export async function uname(invocation: Invocation): Promise<Exit> {
  const asked = invocation.args.join('').replaceAll('-', '');
  if (!/^[sr]*$/.test(asked)) return fail(invocation, 1, `uname: a practice machine knows -s and -r`);
  const parts = [asked === '' || asked.includes('s') ? type() : null, asked.includes('r') ? release() : null];
  await invocation.out(`${parts.filter((part) => part !== null).join(' ')}\n`);
  return { code: 0 };
}
