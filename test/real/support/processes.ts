import { readdirSync, readFileSync } from 'node:fs';

/** How many programs run on this machine, in its containers too, that have a word among their arguments. */
export const runningWith = (word: string): number =>
  readdirSync('/proc').filter((id) => /^\d+$/.test(id) && argumentsOf(id).includes(word)).length;

/** None: it is gone, or a thread of the kernel. */
function argumentsOf(id: string): readonly string[] {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
