import type { UnitResult, UnitStatus } from '../unit-status';
import { fail, type Exit, type Invocation, type MachineParts } from './command';
import { showUnit } from './systemctl-show';
import { unitName } from './unit-name';

/** `systemctl`: `show`, `start`, `stop`, `restart`, `is-active` and `--version`, in the words of systemd 252. */
export async function systemctl(invocation: Invocation, machine: MachineParts): Promise<Exit> {
  if (invocation.args.includes('--version')) {
    await invocation.out('systemd 252 (practice)\n');
    return { code: 0 };
  }
  const words = invocation.args.filter((word) => !IGNORED_OPTIONS.includes(word));
  const [verb, ...rest] = words.filter((_word, place) => !isOption(words, place));
  if (verb === 'show') return showUnit(invocation, machine);
  const unknown = words.find((_word, place) => isOption(words, place));
  if (unknown) return fail(invocation, 1, `systemctl: unrecognized option '${unknown}'`);
  if (verb === 'start' || verb === 'stop' || verb === 'restart' || verb === 'is-active') {
    const [name] = rest;
    if (name === undefined) return fail(invocation, 1, 'Too few arguments.');
    if (rest.length > 1) return fail(invocation, 1, 'A practice machine has one unit: name one.');
    return withUnit(verb, unitName(name), invocation, machine);
  }
  return fail(invocation, 1, `Unknown command verb ${verb ?? '(none)'}.`);
}

const IGNORED_OPTIONS = ['--no-pager', '--quiet', '-q', '--no-ask-password', '--system'];

function isOption(words: readonly string[], place: number): boolean {
  return words[place]?.startsWith('-') === true || words[place - 1] === '-p';
}

async function withUnit(
  verb: 'start' | 'stop' | 'restart' | 'is-active',
  name: string,
  invocation: Invocation,
  machine: MachineParts,
): Promise<Exit> {
  const { unit } = machine;
  if (verb === 'is-active') {
    const active = name === unit.name ? unit.status.active : 'inactive';
    const quiet = invocation.args.some((word) => word === '-q' || word === '--quiet');
    if (!quiet) await invocation.out(`${active}\n`);
    return { code: active === 'active' ? 0 : 3 };
  }
  if (name !== unit.name) {
    const what = verb === 'stop' ? `${name} not loaded.` : `${name} not found.`;
    return fail(invocation, 5, `Failed to ${verb} ${name}: Unit ${what}`);
  }
  // A job goes on when its client has gone, as systemd's does.
  const status = await unit[verb]();
  if (verb === 'stop' || status.active === 'active') return { code: 0 };
  return fail(invocation, 1, jobFailed(name, status));
}

function jobFailed(name: string, status: UnitStatus): string {
  return `Job for ${name} failed because ${REASONS[status.result]}.
See "systemctl status ${name}" and "journalctl -xeu ${name}" for details.`;
}

const REASONS: Readonly<Record<UnitResult, string>> = {
  success: 'it was cancelled',
  'exit-code': 'the control process exited with error code',
  signal: 'a fatal signal was delivered to the control process',
  timeout: 'a timeout was exceeded',
  protocol: 'the service did not take the steps required by its unit configuration',
};
