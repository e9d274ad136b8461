import { expect, it } from 'vitest';
import { block, code, plain, writeLocally } from './markdown';

it('a block’s fence is longer than any in its text', () => {
  expect(block('bash', 'true\n')).toBe('```bash\ntrue\n```');
  expect(block('diff', 'a ```` b `c`')).toBe('`````diff\na ```` b `c`\n`````');
});

it('a code span’s marks are longer than any in it, and are kept apart from those at its ends', () => {
  expect(code('kanidmd')).toBe('`kanidmd`');
  expect(code('a `` b')).toBe('```a `` b```');
  expect(code('`a')).toBe('`` `a ``');
  expect(code('a`')).toBe('`` a` ``');
});

it('text is no mark of Markdown', () => {
  expect(plain('*a* [b](c) | <d>')).toBe('\\*a\\* \\[b\\](c) \\| \\<d\\>');
});

it('a file’s end is a line that it does not hold, and a byte order mark is kept', () => {
  const written = (text: string): string => writeLocally('out', new TextEncoder().encode(text));
  expect(written('a\n')).toBe("cat > out <<'END_OF_FILE'\na\nEND_OF_FILE");
  expect(written('END_OF_FILE\n')).toBe("cat > out <<'END_OF_FILE_'\nEND_OF_FILE\nEND_OF_FILE_");
  expect(written('\ufeffa\n')).not.toBe(written('a\n'));
});
