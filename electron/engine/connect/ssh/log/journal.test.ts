import { describe, expect, it } from 'vitest';
import { CUT_MARK, cursorTime, JournalReader, readEntry } from './journal';

const entry = (more: Record<string, unknown> = {}) =>
  JSON.stringify({
    __CURSOR: 's=1;i=22;b=2;m=3;t=660f4215306a2;x=4',
    __REALTIME_TIMESTAMP: '1795451507639970',
    MESSAGE: 'ready to rock! 🪨',
    _SYSTEMD_UNIT: 'kanidmd.service',
    ...more,
  });
const read = (text: string) => readEntry(Buffer.from(text), 'kanidmd.service');
const text = (more: Record<string, unknown>) => {
  const item = read(entry(more));
  return item?.kind === 'line' ? item.text : item?.kind;
};

describe('an entry of the journal', () => {
  it('is a line with time in microseconds and cursor', () => {
    expect(read(entry())).toEqual({
      kind: 'line',
      cursor: 's=1;i=22;b=2;m=3;t=660f4215306a2;x=4',
      at: 1_795_451_507_639_970,
      text: 'ready to rock! 🪨',
      source: 'kanidmd',
    });
  });

  it.each(['-1', '-9007199254740991', '9007199254740991', '1.5', 'x'])('is none with the time %s', (time) => {
    expect(read(entry({ __REALTIME_TIMESTAMP: time }))).toMatchObject({ kind: 'gap' });
  });

  it('is the manager’s when it is about the unit and not of it', () => {
    expect(read(entry({ UNIT: 'kanidmd.service', _SYSTEMD_UNIT: 'init.scope' }))).toMatchObject({
      source: 'manager',
    });
    expect(read(entry({ _SYSTEMD_UNIT: undefined, UNIT: 'kanidmd.service' }))).toMatchObject({
      source: 'manager',
    });
    expect(read(entry({ _SYSTEMD_UNIT: undefined }))).toMatchObject({ source: 'kanidmd' });
  });

  it('may have its message as bytes, as several values, or not at all', () => {
    expect(text({ MESSAGE: [...Buffer.from('\u001b[31mrot ü')] })).toBe('\u001b[31mrot ü');
    expect(text({ MESSAGE: [255, 97] })).toBe('\uFFFDa');
    expect(text({ MESSAGE: ['one', 'two'] })).toBe('one\ntwo');
    expect(text({ MESSAGE: null })).toBe('(a line longer than journalctl prints)');
  });

  it('that is nested deeper than a message ever is throws nowhere', () => {
    const nested = (depth: number) =>
      read(`${entry().replace(/"MESSAGE":"[^"]*"/, `"MESSAGE":${'['.repeat(depth)}1${']'.repeat(depth)}`)}`);
    for (const depth of [2, 3, 5_000, 100_000]) {
      const item = nested(depth);
      expect(item?.kind === 'gap' || (item?.kind === 'line' && item.text.length < 100)).toBe(true);
    }
    expect(text({ MESSAGE: [{ a: 1 }, 'two'] })).toBe(
      '(a line that journalctl prints in an unknown form)\ntwo',
    );
    expect(text({ MESSAGE: { toString: 'x' } })).toBe('(a line that journalctl prints in an unknown form)');
    expect(read('['.repeat(100_000))).toMatchObject({ kind: 'gap' });
    expect(text({ __CURSOR: 'x'.repeat(1_000) })).toBe('gap');
  });

  it('is kept up to 4,000 characters, with a mark that more is missing', () => {
    expect(text({ MESSAGE: 'x'.repeat(4_000) })).toBe('x'.repeat(4_000));
    expect(text({ MESSAGE: 'x'.repeat(1_000_000) })).toBe(`${'x'.repeat(4_000)}${CUT_MARK}`);
    expect(text({ MESSAGE: [...Buffer.from('x'.repeat(9_000))] })).toBe(`${'x'.repeat(4_000)}${CUT_MARK}`);
  });

  it('is nothing when the line is empty or a remark, and a gap when it cannot be read', () => {
    expect(read('')).toBeNull();
    expect(read('-- No entries --')).toBeNull();
    expect(read('{"MESSAGE":')).toMatchObject({ kind: 'gap' });
    expect(read('{"MESSAGE":"no cursor"}')).toMatchObject({ kind: 'gap' });
  });

  it('comes out whole however its bytes are cut into chunks', () => {
    const bytes = Buffer.from(`${entry()}\n${entry({ MESSAGE: 'ü' })}\n${entry({ MESSAGE: 'unfinished' })}`);
    for (const size of [1, 2, 7, 100, bytes.length]) {
      const reader = new JournalReader('kanidmd.service');
      const items = [];
      for (let at = 0; at < bytes.length; at += size)
        items.push(...reader.push(bytes.subarray(at, at + size)));
      expect(items.map((item) => (item.kind === 'line' ? item.text : item.kind))).toEqual([
        'ready to rock! 🪨',
        'ü',
      ]);
    }
  });

  it('that never ends does not fill the memory, and what follows is read', () => {
    const reader = new JournalReader('kanidmd.service');
    for (let i = 0; i < 10; i++) expect(reader.push(Buffer.alloc(1024 * 1024, 'x'))).toEqual([]);
    expect(reader.push(Buffer.from(`\n${entry()}\n`)).map(({ kind }) => kind)).toEqual(['gap', 'line']);
    const trickle = new JournalReader('kanidmd.service');
    for (let i = 0; i < 100_000; i++) trickle.push(Buffer.from('x'));
    expect(trickle.push(Buffer.from('\n')).map(({ kind }) => kind)).toEqual(['gap']);
  });

  it('has a cursor that tells its time', () => {
    expect(cursorTime('s=1;i=22;b=2;m=3;t=660f4215306a2;x=4')).toBe(1_795_451_507_639_970);
    expect(cursorTime('s=1;i=22')).toBeNull();
  });
});
