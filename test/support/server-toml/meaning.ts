import { parse } from 'smol-toml';
import { parseOrigin } from '../../../shared/base/origin';
import { certificateKey, type ConfigChange, pulls } from '../../../shared/server-config/server-config';
import { ACKNOWLEDGEMENT } from '../../../shared/server-config/config-problems';

/** What a file says, as plain values. */
export type Meaning = Record<string, unknown>;

/**
 * What a text says, read by a parser that takes no part in editing. Dates become text, so that values compare; what means
 * the same as nothing (`automatic_refresh = false`) is taken out.
 */
export function meaningOf(text: string): Meaning {
  const read = plain(parse(text, { integersAsBigInt: 'asNeeded' }));
  return isTable(read) ? settled(read) : {};
}

/** What a file is to say after a change, made on values: the edit's oracle. */
export function changed(before: Meaning, change: ConfigChange): Meaning {
  const meaning = structuredClone(before);
  if (change.kind === 'acknowledge') {
    if (change.present) meaning[ACKNOWLEDGEMENT] = true;
    else Reflect.deleteProperty(meaning, ACKNOWLEDGEMENT);
    return meaning;
  }
  const replication: Meaning = isTable(meaning['replication']) ? meaning['replication'] : {};
  meaning['replication'] = replication;
  const spelled = (origin: string): string =>
    Object.keys(replication).find((key) => parseOrigin(key)?.origin === origin) ?? origin;
  switch (change.kind) {
    case 'set-origin':
      if (parseOrigin(String(replication['origin']))?.origin !== change.origin)
        replication['origin'] = change.origin;
      break;
    case 'set-bindaddress':
      replication['bindaddress'] = change.bindaddress;
      break;
    case 'set-poll-interval':
      replication['task_poll_interval'] = change.seconds;
      break;
    case 'remove-key':
      Reflect.deleteProperty(replication, change.key);
      break;
    case 'remove-partner':
      Reflect.deleteProperty(replication, spelled(change.origin));
      break;
    case 'set-partner': {
      const { origin, type, certificate, automaticRefresh } = change.partner;
      const old = replication[spelled(origin)];
      const table: Meaning = isTable(old) ? old : {};
      for (const [name, key] of Object.entries(certificateKey))
        if (table['type'] === name) Reflect.deleteProperty(table, key);
      table['type'] = type;
      table[certificateKey[type]] = certificate;
      table['automatic_refresh'] = automaticRefresh && pulls(type);
      replication[spelled(origin)] = table;
      break;
    }
  }
  return settled(meaning);
}

function settled(meaning: Meaning): Meaning {
  const replication = meaning['replication'];
  if (!isTable(replication)) return meaning;
  for (const table of Object.values(replication))
    if (isTable(table) && (table['automatic_refresh'] === false || table['type'] === 'allow-pull'))
      Reflect.deleteProperty(table, 'automatic_refresh');
  // An empty [replication] and none: an edit may leave either.
  if (Object.keys(replication).length === 0) Reflect.deleteProperty(meaning, 'replication');
  return meaning;
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return `date ${value.toISOString()}`;
  if (Array.isArray(value)) return value.map(plain);
  if (!isTable(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

const isTable = (value: unknown): value is Meaning =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
