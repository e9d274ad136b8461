import type { NamedValue } from '../../connect/kind';
import { kindOf } from '../../connect/kinds';
import type { FleetServer } from '../../fleet/model/fleet';
import { hasControls, onOneLine } from '../../base/escape-controls';
import type { ObservedServer } from '../../observed/observed';
import type { Fault } from '../../base/result';

/**
 * Why no command may be written down for a server: a value that would stand in one holds a character that a terminal acts on,
 * or begins like an option. Such a value is no name anybody gave in earnest. Quoting alone would let it through to programs
 * that read it otherwise.
 * @returns null when every value may stand in a command.
 */
export function unfitValue(
  server: FleetServer,
  observed: ObservedServer,
  paths: { readonly config: string; readonly database: string | null },
): Fault | null {
  const values: readonly NamedValue[] = [
    ['the path of its server.toml', paths.config],
    ['the path of its database', paths.database],
    ['its endpoint', server.endpoint],
    ...kindOf(server).commandValues(server, observed),
  ];
  const found = values.find(([, value]) => typeof value === 'string' && isUnfit(value));
  const path = [paths.config, paths.database].find((value) => value !== null && !value.startsWith('/'));
  if (found === undefined && path === undefined) return null;
  const [what, value] = found ?? ['the path of its server.toml or its database', path ?? ''];
  return {
    code: 'value-unfit',
    message: `No command can be written down for ${server.id}: ${what} is ${JSON.stringify(onOneLine(value ?? ''))}${found === undefined ? ', which is not absolute' : ''}.`,
    fix: 'Give it a value without control characters that does not begin with a hyphen, then save the runbook again.',
    where: { server: server.id },
  };
}

const isUnfit = (value: string): boolean => hasControls(value) || value.startsWith('-');
