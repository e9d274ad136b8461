import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askedProgram, runProgram } from './run-program';

/** What the app's executable starts: its window, or one of its programs without a window. */
const load = createRequire(import.meta.url);
const asked = askedProgram(process.argv);
if (asked === null) load('./app.cjs');
else runProgram(asked, dirname(fileURLToPath(import.meta.url)), load);
