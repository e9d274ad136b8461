import { parse, TomlError } from 'smol-toml';
import { readSchema } from '../../practice/kanidmd/config/schema';
import { findVersion } from '../../practice/kanidmd/versions';

/**
 * What the practice kanidmd, which has nothing in common with the app, says against a server.toml; null: it accepts it.
 * For fake servers: their judgement must not be our own.
 * @param id one of the releases the practice kanidmd knows; another is judged as 1.10.5.
 */
export function practiceRefuses(id = '1.10.5'): (config: string) => string | null {
  const version = findVersion(id) ?? findVersion('1.10.5');
  if (version === undefined) throw new Error('the practice kanidmd knows its own default');
  return (config) => {
    try {
      const read = readSchema(parse(config), version);
      return 'message' in read ? `ERROR: Configuration Parse Failure: ${read.message}` : null;
    } catch (error) {
      if (error instanceof TomlError) return error.message;
      throw error;
    }
  };
}
