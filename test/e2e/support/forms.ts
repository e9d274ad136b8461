import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Dialogs in which a person types or chooses what is nowhere else: `leaving-forms.test.ts` goes every way out of each. */
export const TYPED_FORMS = [
  'AdoptDialog',
  'AnswersDialog',
  'BoundDialog',
  'DiskDialog',
  'NameDialog',
  'PairDialog',
  'RemoveDialog',
  'ReviewDialog',
  'SecretDialog',
  'ServerDialog',
  'TextDialog',
] as const;
export type TypedFormName = (typeof TYPED_FORMS)[number];

/** Dialogs that hold nothing of a person's: they have no field, or what is chosen in one counts at once. */
export const PLAIN_DIALOGS = [
  'BareEngineDialog',
  'BehindDialog',
  'DeployDialog',
  'DraftDialog',
  'FaultsDialog',
  'HostKeyDialog',
  'KeysDialog',
  'Palette',
  'UnsavedDialog',
] as const;

/**
 * Dialogs that the page does not draw, by the file of `electron/app` that opens them, with the end-to-end test that goes their
 * ways out. What is typed in the palette is a search: `leaving-questions.test.ts` goes its ways out too.
 */
export const OUTER_DIALOGS = {
  'answers.ts': 'leaving-questions.test.ts',
  'app-questions.ts': 'leaving-questions.test.ts',
  'errors.ts': 'app.test.ts',
  'profile.ts': 'profile.test.ts',
  'run-app.ts': 'impatient.test.ts',
} as const;

/** The files that open dialogs of the system. @param app the folder of the app's sources */
export const outerDialogs = (app: string): readonly string[] =>
  readdirSync(app, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .filter((file) => /\bdialog\s*\.show/.test(readFileSync(join(app, file), 'utf8')))
    .sort();

/** A dialog of the window, by its source. */
export interface DialogSource {
  readonly name: string;
  /** A person can type or choose something in it. */
  readonly hasField: boolean;
  /** It says that what is typed in it is not asked about. */
  readonly keepsNothing: boolean;
}

const FIELD = /<(Field|Select|Choice|DiskCollision|AdoptRow|input|textarea|select)\b/;

const isDialog = ({ text }: { readonly text: string }): boolean => /<Dialog\b/.test(text);

const sources = (renderer: string) =>
  readdirSync(renderer, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.svelte') && !file.startsWith('ui/'))
    .map((file) => ({ name: basename(file, '.svelte'), text: readFileSync(join(renderer, file), 'utf8') }));

/** Components that have a form of their own and are no dialog: nothing asks before one goes. @param renderer as below */
export const looseForms = (renderer: string): readonly string[] =>
  sources(renderer)
    .filter((source) => /<form\b/.test(source.text) && !isDialog(source))
    .map(({ name }) => name);

/** Every dialog of the window. @param renderer the folder of its sources */
export const dialogSources = (renderer: string): readonly DialogSource[] =>
  sources(renderer)
    .filter(isDialog)
    .map(({ name, text }) => ({
      name,
      hasField: FIELD.test(text),
      keepsNothing: text.includes('keeps="nothing"'),
    }));
