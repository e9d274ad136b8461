import {
  fieldNames,
  fieldOf,
  keyOf,
  type KindName,
  kindNames,
  kinds,
  type OwnFieldName,
} from '../../../shared/connect/kinds';
import { schemeOf } from '../../../shared/connect/form';
import type { ServerAddress } from '../../../shared/fleet/adopt/adopted-fleet';

/** The fields that may follow an address as settings: what the address does not say itself. */
const settingsOf = (kind: KindName): readonly (OwnFieldName | 'config')[] => [
  ...fieldNames(kind).filter((name) => fieldOf(kind, name).missing === undefined),
  'config',
];

const lines = kindNames
  .flatMap((kind) => kinds[kind].form.address.help)
  .map(([written, means]) => `  ${written.padEnd(64)}  ${means}`);
const settings = kindNames.map(
  (kind) => `${kinds[kind].form.address.settings}: ${settingsOf(kind).map(keyOf).join(', ')}`,
);

/** How a server to adopt is written on the command line, for the help. */
export const endpointHelp = `An ENDPOINT is one of
${lines.join('\n')}
Settings of the fleet file may follow, each after a comma: ssh://admin@host,sudo,service=kanidmd-test
  ${settings.join('; ')}
Relative paths start at the fleet file.`;

type Read =
  { readonly ok: true; readonly value: ServerAddress } | { readonly ok: false; readonly complaint: string };

/**
 * Reads one ENDPOINT of `kanilink adopt`.
 * @returns a complaint in one sentence when it is not an endpoint; whether the endpoint itself is well formed, the fleet file's
 * own schema says.
 */
export function readEndpoint(text: string): Read {
  const [address = '', ...settings] = text.split(',').map((part) => part.trim());
  if (address === '') return complain(`"${text}" names no server`);
  for (const connect of kindNames) {
    const read = kinds[connect].form.address.read(address);
    if (read === null) continue;
    return read.ok ? withSettings({ connect, ...read.fields }, settings) : complain(read.complaint);
  }
  return complain(`${address} is no endpoint: ${schemeOf(address) ?? ''}:// is not known`);
}

function withSettings(reach: ServerAddress, settings: readonly string[]): Read {
  const { connect } = reach;
  const known = settingsOf(connect);
  let result = reach;
  for (const setting of settings) {
    const [key = '', value = 'true'] = split(setting);
    const name = known.find((it) => keyOf(it) === key);
    if (name === undefined)
      return complain(
        `"${setting}" is no setting of a server reached by ${kinds[connect].label}; known are ${known.map(keyOf).join(', ')}`,
      );
    if (name !== 'config' && fieldOf(connect, name).isSwitch === true) {
      if (value !== 'true' && value !== 'false')
        return complain(`${key} is ${key}, ${key}=true or ${key}=false`);
      result = value === 'true' ? { ...result, [name]: true } : result;
    } else {
      if (!setting.includes('=') || value === '') return complain(`${key} needs a value: ${key}=…`);
      result = { ...result, [name]: value };
    }
  }
  return { ok: true, value: result };
}

function split(setting: string): readonly string[] {
  const at = setting.indexOf('=');
  return at === -1 ? [setting] : [setting.slice(0, at), setting.slice(at + 1)];
}

const complain = (complaint: string): Read => ({ ok: false, complaint });
