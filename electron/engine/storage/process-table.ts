import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { startTicks, statFields, TICKS } from '../base/proc-stat';
import { errorCode } from '../base/error-code';

/** What the system says of a process that lives. */
export interface Lookup {
  /** When it started, in the system's own unit, the same at every look; null: it does not say. */
  readonly started: string | null;
  /** The same in milliseconds since the epoch, as far as the clock was right. */
  readonly startedAt: number | null;
}

/** @returns null: there is no such process, or it is on its way out. */
export function lookAt(pid: number): Promise<Lookup | null> {
  if (!Number.isInteger(pid) || pid <= 0) return Promise.resolve(null);
  if (!exists(pid)) return Promise.resolve(null);
  if (process.platform === 'linux') return onLinux(pid);
  return process.platform === 'win32' ? onWindows(pid) : onUnix(pid);
}

/** One run of the kernel; null: the system does not name it, as Windows. */
export function thisBoot(): Promise<string | null> {
  if (process.platform === 'linux') return lineOf('/proc/sys/kernel/random/boot_id');
  if (process.platform === 'darwin') return ask('sysctl', ['-n', 'kern.bootsessionuuid']);
  return Promise.resolve(null);
}

/** The space process numbers count in, on Linux; null elsewhere: there is one. */
export const thisSpace = (): Promise<string | null> =>
  process.platform === 'linux' ? readlink('/proc/self/ns/pid').catch(() => null) : Promise.resolve(null);

/** Whether the number is in use; a process of another user counts. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Flags of /proc/PID/stat (proc(5)): being taken down, killed by a signal. */
const EXITING = 0x4 | 0x400;
const SIGKILL = 1n << 8n;

async function onLinux(pid: number): Promise<Lookup | null> {
  const [stat, status] = await Promise.all([lineOf(`/proc/${pid}/stat`), textOf(`/proc/${pid}/status`)]);
  if (stat === null || status === null) return exists(pid) ? { started: null, startedAt: null } : null;
  const fields = statFields(stat);
  const [state = '', flags, started] = [fields[0], Number(fields[6]), startTicks(fields)];
  if ('ZXx'.includes(state) || (flags & EXITING) !== 0) return null;
  // A kill that was sent and not yet carried out.
  const pending = /^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)/gm;
  for (const [, mask = '0'] of status.matchAll(pending))
    if ((BigInt(`0x${mask}`) & SIGKILL) !== 0n) return null;
  const bootedAt = Number(/^btime (\d+)/m.exec((await textOf('/proc/stat')) ?? '')?.[1]) * 1000;
  if (started === null) return { started, startedAt: null };
  const startedAt = bootedAt + (started * 1000) / TICKS;
  return { started: String(started), startedAt: Number.isFinite(startedAt) ? startedAt : null };
}

/** `lstart` is printed in the time zone of whoever asks: always the same one, or it would tell another start tomorrow. */
async function onUnix(pid: number): Promise<Lookup | null> {
  const said = await ask('ps', ['-o', 'state=,lstart=', '-p', String(pid)]);
  if (said === null) return exists(pid) ? { started: null, startedAt: null } : null;
  const [, state = '', started = ''] = /^(\S+)\s+(\S.*)$/.exec(said) ?? [];
  if (state.startsWith('Z')) return null;
  const startedAt = Date.parse(`${started} UTC`);
  return { started: started === '' ? null : started, startedAt: Number.isNaN(startedAt) ? null : startedAt };
}

/** 1601 to 1970, in the 100 ns that Windows counts. */
const WINDOWS_EPOCH = 116_444_736_000_000_000n;

async function onWindows(pid: number): Promise<Lookup | null> {
  const command = `(Get-Process -Id ${pid} -ErrorAction Stop).StartTime.ToFileTimeUtc()`;
  const said = await ask('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command]);
  if (said === null || !/^\d{1,20}$/.test(said))
    return exists(pid) ? { started: null, startedAt: null } : null;
  return { started: said, startedAt: Number((BigInt(said) - WINDOWS_EPOCH) / 10_000n) };
}

/** A system program's answer, one line; null when it fails or says nothing. */
function ask(program: string, args: readonly string[]): Promise<string | null> {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  return new Promise((resolve) => {
    execFile(program, [...args], { env, timeout: 10_000, maxBuffer: 64 * 1024 }, (error, stdout) => {
      const line = stdout.trim();
      resolve(error !== null || line === '' ? null : line);
    });
  });
}

const textOf = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);
const lineOf = async (path: string): Promise<string | null> => (await textOf(path))?.trim() ?? null;
