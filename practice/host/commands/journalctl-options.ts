/** What a `journalctl` command line asks for. */
export interface JournalOptions {
  readonly unit: string;
  readonly output: 'json' | 'cat';
  /** Microseconds since the epoch. */
  readonly since: number | null;
  /** Microseconds since the epoch; null: to the end. */
  readonly until: number | null;
  readonly after: string | null;
  /** Null: not said. `Infinity`: `all`. */
  readonly lines: number | null;
  readonly follow: boolean;
  readonly reverse: boolean;
  /** Long fields are printed in full. */
  readonly all: boolean;
}

export type ReadOptions =
  { readonly ok: true; readonly options: JournalOptions } | { readonly ok: false; readonly message: string };

/** Reads the options the app may use; others are refused as getopt does, so that a typo shows. */
export function readJournalOptions(args: readonly string[]): ReadOptions {
  const values = new Map<string, string>();
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    const equals = arg.indexOf('=');
    const typed =
      arg.startsWith('--') && equals > 0
        ? arg.slice(0, equals)
        : arg.slice(0, arg.startsWith('--') ? undefined : 2);
    const option = SHORT[typed] ?? typed;
    if (FLAGS.includes(option)) {
      values.set(option, '');
    } else if (VALUES.includes(option)) {
      const attached = arg.startsWith('--')
        ? equals > 0
          ? arg.slice(equals + 1)
          : null
        : arg.slice(2) || null;
      if (attached === null) at += 1;
      const value = attached ?? args[at];
      if (value === undefined) return refuse(`journalctl: option '${arg}' requires an argument`);
      values.set(option, value);
    } else {
      return refuse(`journalctl: unrecognized option '${arg}'`);
    }
  }
  return interpret(values);
}

const SHORT: Readonly<Record<string, string>> = {
  '-u': '--unit',
  '-o': '--output',
  '-n': '--lines',
  '-f': '--follow',
  '-r': '--reverse',
  '-q': '--quiet',
  '-a': '--all',
  '-S': '--since',
  '-U': '--until',
};
const FLAGS = ['--follow', '--reverse', '--quiet', '--all', '--no-pager', '--utc', '--no-tail'];
const VALUES = ['--unit', '--output', '--lines', '--since', '--until', '--after-cursor'];

function interpret(values: ReadonlyMap<string, string>): ReadOptions {
  const unit = values.get('--unit');
  if (unit === undefined)
    return refuse('journalctl: a practice machine shows the journal of a unit: name it with --unit');
  const output = values.get('--output') ?? 'short';
  if (output !== 'json' && output !== 'cat')
    return refuse(`journalctl: a practice machine prints json or cat, not ${output}`);
  const [since, until] = [values.get('--since'), values.get('--until')];
  const sinceMicros = since === undefined ? null : parseTime(since);
  const untilMicros = until === undefined ? null : parseTime(until);
  if (sinceMicros !== null && Number.isNaN(sinceMicros)) return refuse(`Failed to parse timestamp: ${since}`);
  if (untilMicros !== null && Number.isNaN(untilMicros)) return refuse(`Failed to parse timestamp: ${until}`);
  const lines = values.get('--lines');
  if (lines !== undefined && lines !== 'all' && !/^\d+$/.test(lines))
    return refuse(`Failed to parse lines '${lines}'`);
  if (values.has('--follow') && values.has('--reverse')) {
    return refuse('Please specify either --reverse= or --follow=, not both.');
  }
  if (since !== undefined && values.has('--after-cursor')) {
    return refuse('Please specify only one of --since=, --cursor=, and --after-cursor.');
  }
  const linesSaid = lines ?? (values.has('--no-tail') ? 'all' : undefined);
  return {
    ok: true,
    options: {
      unit,
      output,
      since: sinceMicros,
      until: untilMicros,
      after: values.get('--after-cursor') ?? null,
      lines: linesSaid === undefined ? null : linesSaid === 'all' ? Infinity : Number(linesSaid),
      follow: values.has('--follow'),
      reverse: values.has('--reverse'),
      all: values.has('--all'),
    },
  };
}

/** `@SECONDS[.FRACTION]` (systemd.time(7)) in microseconds; NaN when it is something else. */
function parseTime(text: string): number {
  const match = /^@(\d+)(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) return NaN;
  const micros = (match[2] ?? '').padEnd(6, '0').slice(0, 6);
  return Number(match[1]) * 1e6 + Number(micros);
}

function refuse(message: string): ReadOptions {
  return { ok: false, message };
}
