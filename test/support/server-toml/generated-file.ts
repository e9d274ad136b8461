import { type CertificateText, type Origin, trusted } from '../../../shared/base/names';
import { ACKNOWLEDGEMENT } from '../../../shared/server-config/config-problems';
import { certificateKey, type PartnerType, pulls } from '../../../shared/server-config/server-config';
import { certificateOfTest } from '../fleet-fixtures';
import { comment, spellKey, spellSeconds, spellText, type Spelled, strangeValue } from './spelling';
import { Tape } from './tape';

/** A stretch of the file with what it is part of: `origin`, `origin.value`, a partner's origin, `….value`. */
export interface Stretch {
  readonly text: string;
  readonly tags: readonly string[];
}

/** How a thing is written. `plain`: setting it to something else and back gives the same bytes. */
export interface Written {
  readonly plain: boolean;
  /** Inside the braces of an inline table, so that it cannot be told from its neighbours by lines. */
  readonly braced: boolean;
}

export interface WrittenPartner extends Written {
  readonly origin: Origin;
  readonly key: string;
  readonly type: PartnerType;
  readonly certificate: CertificateText;
  /** Null: the key is not there. */
  readonly automaticRefresh: boolean | null;
  readonly form: 'header' | 'line' | 'dotted';
}

export interface GeneratedFile {
  readonly stretches: readonly Stretch[];
  /** Without byte order mark. */
  readonly text: string;
  readonly byteOrderMark: boolean;
  readonly eol: string | null;
  readonly partners: readonly WrittenPartner[];
  /** Keys of `[replication]` that are there, by name. */
  readonly own: ReadonlyMap<OwnKey, Written & { readonly value: string | number }>;
  readonly acknowledgement: (Written & { readonly value: boolean }) | null;
  readonly shape: Shape;
  /** False: no `[replication]` header, whatever else there is of it. */
  readonly header: boolean;
  /** Braces over several lines, or with a comma at their end: TOML 1.1. */
  readonly toml11: boolean;
}

export type OwnKey = 'origin' | 'bindaddress' | 'task_poll_interval';
type Shape = 'none' | 'headers' | 'top-level' | 'braces';

/** A server.toml in some spelling of TOML 1.1: valid, and what Kanilink must understand in it makes sense. */
export const generateFile = (bytes: Uint8Array): GeneratedFile => new Writer(new Tape(bytes)).file();

const hosts = ['idm-b.example.com:8444', 'idm-c:443', '192.0.2.7:8444', '[fd00::c]:8444'];
/** Lines that belong together and must not be torn apart; `gap`: blank lines above are wanted. */
type Run = () => void;

class Writer {
  private readonly stretches: Stretch[] = [];
  private readonly partners: WrittenPartner[] = [];
  private readonly own = new Map<OwnKey, Written & { readonly value: string | number }>();
  private acknowledgement: (Written & { readonly value: boolean }) | null = null;
  private readonly eolKind: 'lf' | 'crlf' | 'mixed';
  private readonly indent: string;
  private readonly equals: string;
  /** A comment that belongs to the table above touches it, and must not touch what is below. */
  private needsBlank = false;
  private toml11 = false;

  constructor(private readonly tape: Tape) {
    this.eolKind = tape.oneOf(['lf', 'lf', 'crlf', 'mixed']);
    this.indent = tape.oneOf(['', '', '  ', '\t']);
    this.equals = tape.oneOf([' = ', ' = ', '=', ' =\t', '= ', '  =  ']);
  }

  file(): GeneratedFile {
    const { tape } = this;
    const shape = tape.oneOf<Shape>(['headers', 'headers', 'headers', 'top-level', 'braces', 'none']);
    const top: Run[] = [
      ...(tape.chance(90) ? [this.known('domain', 'idm.example.com')] : []),
      ...(tape.chance(90) ? [this.known('origin', 'https://idm.example.com')] : []),
      ...(tape.chance(40) ? [this.known('db_path', '/data/kanidm.db')] : []),
      ...(tape.chance(40) ? [this.known('bindaddress', '[::]:8443')] : []),
      ...(tape.chance(30) ? [this.known('version', '2')] : []),
      ...(tape.chance(30) ? [() => this.acknowledge()] : []),
      ...(tape.chance(40) ? [this.strange('unknown_key')] : []),
      ...(tape.chance(20) ? [this.strange('unknown.dotted')] : []),
      ...(shape === 'top-level' ? this.topLevelReplication() : []),
      ...(shape === 'braces' ? [() => this.bracedReplication()] : []),
    ];
    const blocks: Run[] = [
      ...(tape.chance(30) ? [() => this.block('online_backup', [this.known('path', '/data/backups/')])] : []),
      ...(tape.chance(30) ? [() => this.block('unknown_table', [this.strange('a'), this.strange('b')])] : []),
      ...(tape.chance(20) ? [() => this.block('[unknown_list]', [this.strange('a')])] : []),
    ];
    let header = false;
    if (shape === 'headers') {
      header = tape.chance(85);
      const inside = this.chosenPartners().map((origin) => ({
        origin,
        form: header ? tape.oneOf(['header', 'header', 'line', 'dotted']) : ('header' as const),
      }));
      const lines = inside.filter((it) => it.form !== 'header');
      const headers = inside.filter((it) => it.form === 'header');
      if (!header && headers.length === 0) header = true;
      if (header)
        blocks.push(() =>
          this.block(
            spellKey(tape, 'replication'),
            tape.shuffled([
              ...this.ownKeys(''),
              ...lines.flatMap(({ origin, form }) =>
                form === 'line' ? [this.linePartner(origin, '')] : this.dottedPartner(origin, ''),
              ),
            ]),
            'section',
          ),
        );
      blocks.push(
        ...headers.map(
          ({ origin }) =>
            () =>
              this.headerPartner(origin),
        ),
      );
    }
    for (const run of tape.shuffled(top)) this.run(run);
    for (const block of tape.shuffled(blocks)) block();
    return this.finish(shape, header);
  }

  private finish(shape: Shape, header: boolean): GeneratedFile {
    if (this.tape.chance(30)) this.put(this.eol().repeat(1 + this.tape.pick(2)));
    if (this.tape.chance(20)) this.put(`${this.eol()}${comment(this.tape)}${this.eol()}`);
    const last = this.stretches.at(-1);
    if (last && this.tape.chance(25))
      this.stretches[this.stretches.length - 1] = { ...last, text: last.text.replace(/\r?\n$/, '') };
    return {
      stretches: this.stretches,
      text: this.stretches.map((it) => it.text).join(''),
      byteOrderMark: this.tape.chance(15),
      eol: this.eolKind === 'mixed' ? null : this.eolKind === 'lf' ? '\n' : '\r\n',
      partners: this.partners,
      own: this.own,
      acknowledgement: this.acknowledgement,
      shape,
      header,
      toml11: this.toml11,
    };
  }

  // Pieces

  private put(text: string, ...tags: string[]): void {
    this.stretches.push({ text, tags });
  }

  private eol(): string {
    return this.eolKind === 'lf' || (this.eolKind === 'mixed' && this.tape.chance(50)) ? '\n' : '\r\n';
  }

  /** A run with what may stand above it: blank lines, comments of nobody. */
  private run(run: Run): void {
    if (this.tape.chance(15)) this.put(`${this.indent}${comment(this.tape)}${this.eol()}${this.eol()}`);
    else if (this.tape.chance(20)) this.put(this.tape.oneOf(['', '  ', '\t']) + this.eol());
    run();
  }

  /** The comment right above a line, of whatever the line belongs to. */
  private above(...tags: string[]): void {
    for (let count = this.tape.chance(25) ? 1 + this.tape.pick(2) : 0; count > 0; count -= 1)
      this.put(`${this.indent}${comment(this.tape)}${this.eol()}`, ...tags);
  }

  private pair(key: string, value: string, tags: readonly string[], valueTags: readonly string[]): void {
    this.put(`${this.indent}${key}${this.equals}`, ...tags);
    this.put(value, ...tags, ...valueTags);
    this.put(this.tape.oneOf(['', '', '', '  ', ' # x', `\t${comment(this.tape)}`]) + this.eol(), ...tags);
  }

  private known =
    (key: string, text: string): Run =>
    () => {
      this.above();
      this.pair(spellKey(this.tape, key), spellText(this.tape, text, this.eol()).text, [], []);
    };

  private strange =
    (key: string): Run =>
    () => {
      this.above();
      this.pair(key, strangeValue(this.tape, this.eol()), [], []);
    };

  private acknowledge(): void {
    const value = this.tape.chance(80);
    this.acknowledgement = { value, plain: true, braced: false };
    this.above();
    this.pair(spellKey(this.tape, ACKNOWLEDGEMENT), String(value), ['ack'], ['ack.value']);
  }

  // Tables

  /** A table with a header, its blank lines and comments. `tag`: whose it is. */
  private block(name: string, runs: readonly Run[], tag?: string): void {
    const tags = tag === undefined ? [] : [tag];
    const floating = this.tape.chance(15);
    if (floating) this.put(`${this.eol()}# nobody's: ${comment(this.tape)}${this.eol()}`);
    const blanks = this.tape.pick(3) || (floating || this.needsBlank ? 1 : 0);
    for (let count = blanks; count > 0; count -= 1)
      this.put(this.tape.oneOf(['', '', ' ']) + this.eol(), ...tags);
    this.needsBlank = false;
    this.above(...tags);
    const padding = this.tape.oneOf(['', '', ' ', '\t']);
    const [open, close] = name.startsWith('[') ? ['[[', ']]'] : ['[', ']'];
    const bare = name.replace(/^\[|\]$/g, '');
    this.put(
      `${this.tape.oneOf(['', this.indent])}${open}${padding}${bare}${padding}${close}${this.tape.oneOf(['', ' # x'])}${this.eol()}`,
      ...tags,
    );
    for (const run of runs)
      if (tag === undefined || tag === 'section') this.run(run);
      else run();
    if (!this.tape.chance(15)) return;
    this.put(`${this.indent}${comment(this.tape)}${this.eol()}`, ...tags);
    this.needsBlank = true;
  }

  private headerPartner(origin: Origin): void {
    const { tape } = this;
    const key = this.keyOf(origin);
    const dot = tape.oneOf(['.', '.', ' . ', '\t.']);
    const keys = this.partnerKeys(origin, key, 'header', false);
    const name = `${spellKey(tape, 'replication')}${dot}${spellKey(tape, key)}`;
    const runs = keys.map((it) => () => {
      if (tape.chance(10)) this.put(this.eol(), origin);
      this.above(origin);
      this.keyLine('', it, origin);
    });
    this.block(name, runs, origin);
  }

  private keyLine(prefix: string, { name, value, renamed }: PartnerKey, origin: string): void {
    this.put(`${this.indent}${prefix}`, origin);
    this.put(name, origin, ...(renamed ? [`${origin}.value`] : []));
    this.put(this.equals, origin);
    this.put(value.text, origin, `${origin}.value`);
    this.put(this.tape.oneOf(['', '', ' # x', '  ']) + this.eol(), origin);
  }

  /** `"repl://…" = { type = … }`, a line of its own. */
  private linePartner(origin: Origin, prefix: string): Run {
    return () => {
      this.above(origin);
      this.put(this.indent, origin);
      this.bracedPartner(origin, prefix, false, origin);
      this.put(this.tape.oneOf(['', ' # x']) + this.eol(), origin);
    };
  }

  private bracedPartner(origin: Origin, prefix: string, braced: boolean, tag: string): void {
    const key = this.keyOf(origin);
    this.put(`${prefix}${spellKey(this.tape, key)}${this.equals}`, tag);
    const runs = this.partnerKeys(origin, key, 'line', braced).map((it) => () => {
      this.put(it.name, tag, ...(it.renamed ? [`${origin}.value`] : []));
      this.put(this.equals, tag);
      this.put(it.value.text, tag, `${origin}.value`);
    });
    this.braces(runs, tag);
  }

  /** Pairs between braces: on one line, or over several (TOML 1.1). */
  private braces(runs: readonly Run[], tag: string): void {
    const { tape } = this;
    if (runs.length > 0 && tape.chance(40)) return this.bracesOverLines(runs, tag);
    const space = tape.oneOf([' ', '', '\t']);
    this.put(`{${space}`, tag);
    runs.forEach((run, index) => {
      this.put(index === 0 ? '' : tape.oneOf([', ', ',', ' , ']), tag);
      run();
    });
    this.put(`${space}}`, tag);
  }

  private bracesOverLines(runs: readonly Run[], tag: string): void {
    const { tape } = this;
    this.toml11 = true;
    const trailing = tape.chance(60);
    const indent = `${this.indent}${tape.oneOf(['  ', '\t', ''])}`;
    this.put(`{${tape.oneOf(['', '', ' # x'])}${this.eol()}`, tag);
    runs.forEach((run, index) => {
      if (tape.chance(20)) this.put(`${indent}${comment(tape)}${this.eol()}`, tag);
      this.put(indent, tag);
      run();
      const comma = trailing || index < runs.length - 1 ? tape.oneOf([',', ',', ' ,']) : '';
      this.put(`${comma}${tape.oneOf(['', '', ' # x'])}${this.eol()}`, tag);
    });
    if (tape.chance(10)) this.put(`${indent}${comment(tape)}${this.eol()}`, tag);
    this.put(`${this.indent}}`, tag);
  }

  /** `"repl://…".type = …` and so on: lines that may stand apart from each other. */
  private dottedPartner(origin: Origin, prefix: string): readonly Run[] {
    const key = this.keyOf(origin);
    const keys = this.partnerKeys(origin, key, 'dotted', false);
    const line = (it: PartnerKey): void => {
      this.above(origin);
      const dot = this.tape.oneOf(['.', '.', ' . ']);
      this.keyLine(`${prefix}${spellKey(this.tape, key)}${dot}`, it, origin);
    };
    if (this.tape.chance(30)) return keys.map((it) => () => line(it));
    return [() => keys.forEach(line)];
  }

  /** Dotted from the top: `replication.origin = …`. */
  private topLevelReplication(): readonly Run[] {
    const prefix = `${spellKey(this.tape, 'replication')}${this.tape.oneOf(['.', ' . '])}`;
    return [
      ...this.ownKeys(prefix),
      ...this.chosenPartners().flatMap((origin) =>
        this.tape.chance(50) ? [this.linePartner(origin, prefix)] : this.dottedPartner(origin, prefix),
      ),
    ];
  }

  /** `replication = { … }`. */
  private bracedReplication(): void {
    this.above();
    this.put(`${spellKey(this.tape, 'replication')}${this.equals}`, 'braces');
    const own = this.ownValues();
    const parts: Run[] = own.map(({ name, value }) => () => {
      this.put(`${spellKey(this.tape, name)}${this.equals}`, 'braces');
      this.put(value.text, 'braces', `${name}.value`);
      this.own.set(name, { value: value.value, plain: value.plain, braced: true });
    });
    for (const origin of this.chosenPartners()) {
      if (this.tape.chance(70)) parts.push(() => this.bracedPartner(origin, '', true, 'braces'));
      else {
        const key = this.keyOf(origin);
        for (const it of this.partnerKeys(origin, key, 'dotted', true))
          parts.push(() => {
            this.put(`${spellKey(this.tape, key)}.`, 'braces');
            this.put(it.name, 'braces', ...(it.renamed ? [`${origin}.value`] : []));
            this.put(this.equals, 'braces');
            this.put(it.value.text, 'braces', `${origin}.value`);
          });
      }
    }
    this.braces(this.tape.shuffled(parts), 'braces');
    this.put(`${this.tape.oneOf(['', ' # x'])}${this.eol()}`, 'braces');
  }

  private ownKeys(prefix: string): readonly Run[] {
    return this.ownValues().map(({ name, value }) => () => {
      this.own.set(name, { value: value.value, plain: value.plain, braced: false });
      this.above();
      this.pair(prefix + spellKey(this.tape, name), value.text, [name], [`${name}.value`]);
    });
  }

  private ownValues() {
    const { tape } = this;
    const text = (value: string) => ({ ...spellText(tape, value, this.eol()), value });
    const all: { readonly name: OwnKey; readonly value: Spelled & { readonly value: string | number } }[] =
      [];
    if (tape.chance(90))
      all.push({
        name: 'origin',
        value: text(tape.oneOf(['repl://idm-a.example.com:8444', 'repl://IDM-A.example.com:8444/'])),
      });
    if (tape.chance(60)) all.push({ name: 'bindaddress', value: text('0.0.0.0:8444') });
    const seconds = tape.oneOf([15, 60, 300, 1]);
    if (tape.chance(40))
      all.push({ name: 'task_poll_interval', value: { ...spellSeconds(tape, seconds), value: seconds } });
    return all;
  }

  // Partners

  private chosenPartners(): Origin[] {
    return this.tape
      .shuffled(hosts)
      .slice(0, this.tape.pick(hosts.length + 1))
      .map((host) => trusted<Origin>(`repl://${host}`));
  }

  private keyOf(origin: Origin): string {
    return this.tape.oneOf([
      origin,
      origin,
      `${origin}/`,
      origin.toUpperCase().replace('REPL', 'repl'),
      origin.replace(/:443$/, ''),
    ]);
  }

  private partnerKeys(
    origin: Origin,
    key: string,
    form: WrittenPartner['form'],
    braced: boolean,
  ): PartnerKey[] {
    const { tape } = this;
    const type = tape.oneOf<PartnerType>(['mutual-pull', 'pull', 'allow-pull']);
    const certificate = certificateOfTest(tape.oneOf(['b', 'c']));
    const automaticRefresh = tape.chance(pulls(type) ? 70 : 20) ? tape.chance(50) : null;
    const pinKey = spellKey(tape, certificateKey[type]);
    const spelledType = spellText(tape, type, this.eol());
    const spelledPin = spellText(tape, certificate, this.eol());
    const keys: PartnerKey[] = [
      { name: spellKey(tape, 'type'), value: spelledType, renamed: false },
      { name: pinKey, value: spelledPin, renamed: true },
    ];
    if (automaticRefresh !== null)
      keys.push({
        name: spellKey(tape, 'automatic_refresh'),
        value: { text: String(automaticRefresh), plain: true },
        renamed: false,
      });
    const plain = spelledType.plain && spelledPin.plain && pinKey === certificateKey[type];
    this.partners.push({ origin, key, type, certificate, automaticRefresh, form, plain, braced });
    return tape.shuffled(keys);
  }
}

interface PartnerKey {
  readonly name: string;
  readonly value: Spelled;
  /** The name changes with the type of the partner. */
  readonly renamed: boolean;
}
