import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeControls, escapeControlsInJson, hasControls, onOneLine } from './escape-controls';

const acting = [
  '\u0007',
  '\u001b[2K',
  '\u009b2K',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\u2028',
  '\u{e0041}',
  '\r',
  '\b',
];

it('nothing that acts on what shows it stays, and what can be read stays', () => {
  for (const mark of acting) {
    for (const shown of [escapeControls(`a${mark}b\n\tc`), onOneLine(`a${mark}b\n\tc`)]) {
      expect(shown.replace(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(shown).toMatch(/^a.*b\s+c$/su);
    }
    expect(hasControls(mark)).toBe(true);
  }
  expect(escapeControls('Straße 🪨 日本\n\t\u001b[31mred\u001b[0m')).toBe('Straße 🪨 日本\n\tred');
  expect(onOneLine('one\n\n  two\u2028three')).toBe('one two three');
  expect(hasControls('Straße 🪨 日本')).toBe(false);
});

it('JSON is read back as it was', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), fc.constantFrom(...acting)) }),
      (text) => {
        const shown = escapeControlsInJson(JSON.stringify({ text }, null, 2));
        expect(JSON.parse(shown)).toEqual({ text });
        expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      },
    ),
  );
});
