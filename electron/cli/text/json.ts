import { escapeControlsInJson } from '../../../shared/base/escape-controls';

/** What the fields of a document mean; another number where one that was there means something else, or is gone. */
const FORMAT = 1;

/** A `--json` document: its format first, two spaces deep, and nothing in it acts on a terminal. */
export const jsonText = (document: object): string =>
  escapeControlsInJson(JSON.stringify({ format: FORMAT, ...document }, null, 2));
