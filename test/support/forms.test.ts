import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import {
  dialogSources,
  looseForms,
  OUTER_DIALOGS,
  outerDialogs,
  PLAIN_DIALOGS,
  TYPED_FORMS,
} from '../e2e/support/forms';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const renderer = at('renderer');
const dialogs = dialogSources(renderer);

it('a form stands in a dialog: one in a view would lose what is typed when another view is shown', () => {
  expect(looseForms(renderer)).toEqual([]);
});

it('every dialog of the window is one whose ways out are played, or holds nothing of a person’s', () => {
  const known = [...TYPED_FORMS, ...PLAIN_DIALOGS];
  expect(dialogs.map(({ name }) => name).sort()).toEqual(known.sort());
});

it('a dialog that asks about nothing has no field, or says so', () => {
  const plain: readonly string[] = PLAIN_DIALOGS;
  const silent = dialogs.filter(
    ({ name, hasField, keepsNothing }) => plain.includes(name) && hasField && !keepsNothing,
  );
  expect(silent).toEqual([]);
  const forgetful = dialogs.filter(({ name, keepsNothing }) => !plain.includes(name) && keepsNothing);
  expect(forgetful).toEqual([]);
});

it('every dialog of the system is one whose ways out are played', () => {
  expect(outerDialogs(at('electron/app'))).toEqual(Object.keys(OUTER_DIALOGS).sort());
  for (const test of Object.values(OUTER_DIALOGS))
    expect(existsSync(at(`test/e2e/${test}`)), test).toBe(true);
});
