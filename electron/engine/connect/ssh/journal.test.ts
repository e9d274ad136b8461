import { describe, expect, it } from 'vitest';
import { cursorTime, JournalReader, readEntry } from './journal';

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
    expect(reader.push(Buffer.from(`\n${entry()}\n`)).map(({ kind }) => kind)).toContain('line');
  });

  it('has a cursor that tells its time', () => {
    expect(cursorTime('s=1;i=22;b=2;m=3;t=660f4215306a2;x=4')).toBe(1_795_451_507_639_970);
    expect(cursorTime('s=1;i=22')).toBeNull();
  });
});
