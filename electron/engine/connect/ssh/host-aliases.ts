import SSHConfig from 'ssh-config';

/** The hosts a person's ~/.ssh/config names, in its order, for "add server"; patterns are no names. */
export function hostAliases(text: string): readonly string[] {
  let config: SSHConfig;
  try {
    config = SSHConfig.parse(text);
  } catch {
    // A file ssh cannot read either offers nothing; connecting says what is wrong with it.
    return [];
  }
  const names: string[] = [];
  for (const line of config) {
    if (!('param' in line) || line.param.toLowerCase() !== 'host') continue;
    const values =
      typeof line.value === 'string' ? line.value.split(/\s+/) : line.value.map(({ val }) => val);
    names.push(...values.filter((value) => value !== '' && !/[*?!]/.test(value)));
  }
  return [...new Set(names)];
}
