import { readSshConfig } from './ssh-config-file';

/** The hosts a person's ~/.ssh/config names, Includes read, in its order, for "add server"; patterns are no names. */
export async function hostAliases(home: string): Promise<readonly string[]> {
  const read = await readSshConfig(home, null);
  // A file ssh cannot read either offers nothing; connecting says what is wrong with it.
  if (!read.ok) return [];
  const names: string[] = [];
  for (const line of read.config) {
    if (!('param' in line) || line.param.toLowerCase() !== 'host') continue;
    const values =
      typeof line.value === 'string' ? line.value.split(/\s+/) : line.value.map(({ val }) => val);
    names.push(...values.filter((value) => value !== '' && !/[*?!]/.test(value)));
  }
  return [...new Set(names)];
}
