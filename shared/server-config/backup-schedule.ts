/**
 * The schedule of `[online_backup]` as kanidmd reads it at its start, where one that it cannot read stops it: five fields as
 * crontab has them, or with seconds before (and a year after), or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
 * Kanidm reads it with the Rust crate `cron`, 0.12 in 1.2.0 to 0.16 in 1.11.1; its rules are the ones here: the days of the
 * week are 1 (Sunday) to 7, names count only among months and days of the week, no range runs backwards.
 */
interface Unit {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names: Readonly<Record<string, number>>;
  /** `?` stands for every value. */
  readonly any: boolean;
}

/** Each name with its number, counted from 1. */
const numbered = (...names: readonly (readonly string[])[]): Readonly<Record<string, number>> =>
  Object.fromEntries(names.flatMap((all, index) => all.map((it) => [it, index + 1])));

const months = numbered(
  ['jan', 'january'],
  ['feb', 'february'],
  ['mar', 'march'],
  ['apr', 'april'],
  ['may'],
  ['jun', 'june'],
  ['jul', 'july'],
  ['aug', 'august'],
  ['sep', 'september'],
  ['oct', 'october'],
  ['nov', 'november'],
  ['dec', 'december'],
);
const weekdays = numbered(
  ['sun', 'sunday'],
  ['mon', 'monday'],
  ['tue', 'tues', 'tuesday'],
  ['wed', 'wednesday'],
  ['thu', 'thurs', 'thursday'],
  ['fri', 'friday'],
  ['sat', 'saturday'],
);

const unit = (name: string, least: number, most: number, more: Partial<Unit> = {}): Unit => ({
  ...{ name, least, most, names: {}, any: false },
  ...more,
});
const minute = unit('minute', 0, 59);
const DAY = unit('day of the month', 1, 31, { any: true });
const MONTH = unit('month', 1, 12, { names: months });
const WEEKDAY = unit('day of the week', 1, 7, { names: weekdays, any: true });
const YEAR = unit('year', 1970, 2100);
const units = [unit('second', 0, 59), minute, unit('hour', 0, 23), DAY, MONTH, WEEKDAY] as const;

const shorthands = ['@hourly', '@daily', '@weekly', '@monthly', '@yearly'];

/** A schedule longer than this is not read to its end. */
const LONGEST = 500;

/**
 * What is wrong with a schedule, in words, so that kanidmd would not start with it.
 * @param year the earliest year that is still to come.
 * @returns null when kanidmd takes it.
 */
export function whyNoSchedule(text: string, year: number): string | null {
  if (text.length > LONGEST) return 'it is too long';
  let fields = text.split(/[\t\n\f\r ]+/).filter((it) => it !== '');
  // Five fields are crontab's: kanidmd writes the second before and the year after them.
  if (fields.length === 5) fields = ['0', ...fields, '*'];
  const joined = fields.join(' ');
  if (shorthands.includes(joined)) return null;
  const reader = new Reader(joined);
  const values: ReadonlySet<number>[] = [];
  for (const it of units) {
    const read = reader.field(it);
    if (typeof read === 'string') return read;
    values.push(read);
  }
  if (!reader.ended) {
    const read = reader.field(YEAR);
    if (typeof read === 'string') return read;
    values.push(read);
  }
  if (!reader.ended) return `"${reader.rest}" is left over`;
  const [days, monthsOf, weekdaysOf, years] = values.slice(3);
  return matches({ days, months: monthsOf, weekdays: weekdaysOf, years }, year)
    ? null
    : 'no day matches it, now or later';
}

interface Days {
  readonly days: ReadonlySet<number> | undefined;
  readonly months: ReadonlySet<number> | undefined;
  readonly weekdays: ReadonlySet<number> | undefined;
  readonly years: ReadonlySet<number> | undefined;
}

/** Whether there is such a day, a day of the month and of the week at once. */
function matches(wanted: Days, from: number): boolean {
  const has = (values: ReadonlySet<number> | undefined, value: number): boolean =>
    values === undefined || values.has(value);
  for (let year = Math.max(from, YEAR.least); year <= YEAR.most; year++) {
    if (!has(wanted.years, year)) continue;
    for (let day = new Date(Date.UTC(year, 0, 1)); day.getUTCFullYear() === year;) {
      const fits =
        has(wanted.months, day.getUTCMonth() + 1) &&
        has(wanted.days, day.getUTCDate()) &&
        has(wanted.weekdays, day.getUTCDay() + 1);
      if (fits) return true;
      day = new Date(day.getTime() + 86_400_000);
    }
  }
  return false;
}

/** Reads fields from left to right; blanks may stand around numbers and names, as the crate has it. */
class Reader {
  private at = 0;
  constructor(private readonly text: string) {}

  get ended(): boolean {
    return this.at >= this.text.length;
  }
  get rest(): string {
    return this.text.slice(this.at, this.at + 40);
  }

  /** One field's values, or what is wrong with it. */
  field(of: Unit): ReadonlySet<number> | string {
    const values = new Set<number>();
    this.blanks();
    do {
      const read = this.specifier(of);
      if (typeof read === 'string') return read;
      for (const it of read) values.add(it);
    } while (this.take(','));
    this.blanks();
    return values;
  }

  /** `*`, `5`, `1-5`, `Mon-Fri`, `Mon`, and with a step after it what has one: `1-5/2`. */
  private specifier(of: Unit): readonly number[] | string {
    const wrong = (what: string): string => `${what} is no ${of.name}`;
    if (this.take('*') || (of.any && this.take('?'))) return this.stepped(of, of.least, of.most);
    const number = this.number();
    if (number !== null) {
      if (number < of.least || number > of.most) return wrong(String(number));
      const end = this.after('-', () => this.number());
      if (end === null) return this.stepped(of, number, number, of.most);
      if (end > of.most || end < number) return wrong(`${number}-${end}`);
      return this.stepped(of, number, end);
    }
    const name = this.name();
    if (name === null) return this.ended ? `the ${of.name} is missing` : wrong(`"${this.rest}"`);
    const start = numberOf(of, name);
    if (start === null) return wrong(`"${name}"`);
    const last = this.after('-', () => this.name());
    if (last === null) return [start];
    const end = numberOf(of, last);
    return end === null || end < start ? wrong(`"${name}-${last}"`) : this.stepped(of, start, end);
  }

  /** @param open where a single value reaches when it has a step. */
  private stepped(of: Unit, start: number, end: number, open = end): readonly number[] | string {
    const step = this.after('/', () => this.number());
    if (step !== null && (step < 1 || step > of.most)) return `/${step} is no step of the ${of.name}`;
    const last = step === null ? end : open;
    return Array.from(
      { length: Math.floor((last - start) / (step ?? 1)) + 1 },
      (_, index) => start + index * (step ?? 1),
    );
  }

  /** What stands behind a sign; null, and nothing is read, when not both are there. */
  private after<T>(sign: string, read: () => T | null): T | null {
    const before = this.at;
    const value = this.take(sign) ? read() : null;
    if (value === null) this.at = before;
    return value;
  }

  private number(): number | null {
    const digits = this.word(/[0-9]+/y);
    return digits === null || Number(digits) > 0xffffffff ? null : Number(digits);
  }
  private name(): string | null {
    return this.word(/[A-Za-z]+/y);
  }

  private word(form: RegExp): string | null {
    const before = this.at;
    this.blanks();
    form.lastIndex = this.at;
    const [word] = form.exec(this.text) ?? [];
    if (word === undefined) {
      this.at = before;
      return null;
    }
    this.at += word.length;
    this.blanks();
    return word;
  }

  private take(sign: string): boolean {
    if (this.text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }
  private blanks(): void {
    while (this.text[this.at] === ' ') this.at += 1;
  }
}

const numberOf = (of: Unit, name: string): number | null =>
  Object.hasOwn(of.names, name.toLowerCase()) ? (of.names[name.toLowerCase()] ?? null) : null;
