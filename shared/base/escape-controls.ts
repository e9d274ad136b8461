/**
 * Characters that change how the text around them is shown instead of showing something: controls (Cc), formats such as
 * bidirectional marks and zero-width joiners (Cf), line and paragraph separators. "Trojan Source" (CVE-2021-42574) says why
 * the second kind matters as much as the first.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/**
 * Select graphic rendition, as long as a foreground and a background of three numbers each. A colon parts what belongs to one
 * parameter (ISO 8613-6).
 */
export const colours = /\u001B\[[0-9;:]{0,60}m/g;

/**
 * Text from elsewhere (a server's words, a file, a fleet) for a terminal or a window: it may not move the cursor, colour or
 * reorder what is shown, or hide a part of it. Line ends and tabs stay, colours go, the rest becomes U+FFFD.
 */
export const escapeControls = (text: string): string =>
  text.replace(colours, '').replace(invisible, (mark) => (mark === '\n' || mark === '\t' ? mark : '\uFFFD'));

/** The same on one line: for prompts, titles, and places where a line end would begin something new. */
export const onOneLine = (text: string): string =>
  text
    .replace(colours, '')
    .replace(/\s+/gu, (blanks) => (/[\n\t\p{Zl}\p{Zp}]/u.test(blanks) ? ' ' : blanks))
    .replace(invisible, '\uFFFD');

/** True when text holds such a character, a line end or a tab among them. */
export const hasControls = (text: string): boolean => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);

/** JSON text that a terminal may show: what would act on it stands as `\uXXXX`, which reads back as the same string. */
export const escapeControlsInJson = (json: string): string =>
  json.replace(invisible, (mark) =>
    mark === '\n'
      ? mark
      : Array.from(
          { length: mark.length },
          (_unit, index) => `\\u${mark.charCodeAt(index).toString(16).padStart(4, '0')}`,
        ).join(''),
  );
