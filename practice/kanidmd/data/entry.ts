import { randomUUID } from 'node:crypto';
import { covers, laterCid, type Cid, type Ruv } from './cid';

/** One attribute's values under the tag of their type, as in a backup: `{ "N8": ["alice"] }`. */
export type Values = Record<string, unknown>;

/** One entry: its attributes, and when and by whom each was changed last. */
export interface Entry {
  uuid: string;
  attrs: Record<string, Values>;
  at: Cid;
  changes: Record<string, Cid>;
}

/** The changes of one entry that a consumer does not have yet. */
export interface EntryChange {
  uuid: string;
  at: Cid;
  changes: Record<string, Cid>;
  attrs: Record<string, Values>;
}

/** A new entry, all of whose attributes were written by `cid`. */
export function makeEntry(uuid: string, attrs: Record<string, Values>, cid: Cid): Entry {
  const all = { ...attrs, uuid: { UU: [uuid] } };
  return {
    uuid,
    attrs: all,
    at: cid,
    changes: Object.fromEntries(Object.keys(all).map((name) => [name, cid])),
  };
}

/** The name people know an entry by. */
export function entryName(entry: Entry): string {
  const names = entry.attrs['name']?.['N8'];
  return Array.isArray(names) && typeof names[0] === 'string' ? names[0] : '';
}

/** The classes of an entry. */
export function entryClasses(entry: Entry): string[] {
  const classes = entry.attrs['class']?.['I8'];
  return Array.isArray(classes) ? classes.filter((one) => typeof one === 'string') : [];
}

/** What a consumer who knows `known` is missing of this entry, or undefined. */
export function changeSince(entry: Entry, known: Ruv): EntryChange | undefined {
  const changes = Object.fromEntries(Object.entries(entry.changes).filter(([, cid]) => !covers(known, cid)));
  if (Object.keys(changes).length === 0) return undefined;
  const attrs = Object.fromEntries(
    Object.keys(changes).flatMap((name) => {
      const values = entry.attrs[name];
      return values ? [[name, values] as const] : [];
    }),
  );
  return { uuid: entry.uuid, at: entry.at, changes, attrs };
}

/** Merges an incoming change attribute by attribute: the last writer wins. */
export function applyChange(entry: Entry | undefined, change: EntryChange): Entry {
  if (!entry) return { ...change };
  const merged: Entry = { ...entry, attrs: { ...entry.attrs }, changes: { ...entry.changes } };
  for (const [name, cid] of Object.entries(change.changes)) {
    const known = merged.changes[name];
    if (known && laterCid(known, cid) === known) continue;
    merged.changes[name] = cid;
    const values = change.attrs[name];
    if (values) merged.attrs[name] = values;
    else Reflect.deleteProperty(merged.attrs, name);
  }
  return merged;
}

/** A person as `practice create-person` makes one. */
export function makePerson(name: string, domain: string, cid: Cid): Entry {
  return makeEntry(
    randomUUID(),
    {
      class: { I8: ['account', 'object', 'person'] },
      name: { N8: [name] },
      spn: { SP: [[name, domain]] },
      displayname: { U8: [name] },
    },
    cid,
  );
}

/** What a fresh database holds: the same uuids on every server, the rest made by this one. */
export function builtInEntries(domain: string, domainUuid: string, level: number, cid: Cid): Entry[] {
  const uuid = (number: number) => `00000000-0000-0000-0000-ffff${number.toString(16).padStart(8, '0')}`;
  const accounts = ['admin', 'idm_admin', 'anonymous'].map((name, index) =>
    makeEntry(
      uuid(index),
      {
        class: { I8: ['account', 'object', 'service_account'] },
        name: { N8: [name] },
        spn: { SP: [[name, domain]] },
      },
      cid,
    ),
  );
  const groups = groupNames.map((name, index) =>
    makeEntry(
      uuid(16 + index),
      { class: { I8: ['group', 'object'] }, name: { N8: [name] }, spn: { SP: [[name, domain]] } },
      cid,
    ),
  );
  const info = makeEntry(
    uuid(0x25),
    {
      class: { I8: ['domain_info', 'object', 'system'] },
      name: { N8: ['domain_local'] },
      domain_name: { N8: [domain] },
      domain_uuid: { UU: [domainUuid] },
      domain_display_name: { U8: [`Kanidm ${domain}`] },
      version: { UI: [level] },
    },
    cid,
  );
  return [...accounts, ...groups, info];
}

const groupNames = [
  'system_admins',
  'domain_admins',
  'idm_admins',
  'idm_all_persons',
  'idm_all_accounts',
  'idm_people_admins',
  'idm_people_pii_read',
  'idm_people_on_boarding',
  'idm_people_self_name_write',
  'idm_group_admins',
  'idm_unix_admins',
  'idm_account_policy_admins',
  'idm_service_account_admins',
  'idm_oauth2_admins',
  'idm_radius_servers',
  'idm_radius_service_admins',
  'idm_recycle_bin_admins',
  'idm_schema_admins',
  'idm_access_control_admins',
  'idm_high_privilege',
];
