import type { DraftHead, TypedForm } from '../../shared/ipc';
import { fileName } from '../base/words';

/** Whose unsaved changes these are: `home.toml`, `a new fleet`. */
export const draftOf = ({ path }: Pick<DraftHead, 'path'>): string =>
  path === null ? 'a new fleet' : fileName(path);

/** Which form was open: `the form of a new server`. */
export function openForm(form: TypedForm): string {
  if (form.kind === 'text') return 'the fleet file as text';
  if (form.kind === 'name') return `the name of the fleet, “${form.name}”`;
  if (form.kind === 'adopt') return 'the list of servers to adopt';
  return form.id === null ? 'the form of a new server' : `the form of ${form.id}`;
}
