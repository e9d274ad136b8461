/**
 * What kind of thing an entry is, in words, from its classes. Kanidm's class names; the most telling comes first.
 */
export function entryType(classes: readonly string[]): string {
  const found = kinds.find(([name]) => classes.includes(name));
  return found === undefined ? 'entry' : found[1];
}

const kinds: readonly (readonly [string, string])[] = [
  ['person', 'person'],
  ['service_account', 'service account'],
  ['oauth2_resource_server', 'OAuth2 client'],
  ['dyngroup', 'dynamic group'],
  ['group', 'group'],
  ['domain_info', 'domain'],
  ['system_info', 'system information'],
  ['system_config', 'system configuration'],
  ['access_control_profile', 'access rule'],
  ['attributetype', 'schema attribute'],
  ['classtype', 'schema class'],
  ['key_provider', 'key provider'],
  ['key_object', 'key object'],
  ['sync_account', 'synchronisation account'],
  ['application', 'application'],
  ['account', 'account'],
  ['builtin', 'built-in entry'],
];
