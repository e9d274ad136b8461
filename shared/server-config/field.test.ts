import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkServerConfig } from './check-server-config';

/*
 * What real servers did with files as people write them. An error here where kanidmd accepts would hold back a deploy for
 * nothing; none where it refuses would leave the fault to the test on the server.
 */

const folder = new URL('../../test/field/toml/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.toml'));
const truth = z
  .record(z.string(), z.record(z.string(), z.object({ accepted: z.boolean(), said: z.string().optional() })))
  .parse(JSON.parse(readFileSync(new URL('truth.json', folder), 'utf8')));
const versions = ['1.8.6', '1.10.5', '1.11.1'];

/** The configtest of 1.11.1 does not look at these; the server refuses them at its start (`check-unstaged.ts`). */
const unseen = new Set(['42-backup-bad-cron.toml 1.11.1', '44-ldap-by-name.toml 1.11.1']);
const tried = files.flatMap((file) =>
  versions.flatMap((version) => {
    const did = truth[file]?.[version];
    const starts = did?.accepted === true && !unseen.has(`${file} ${version}`);
    return did === undefined ? [] : [[file, version, starts] as const];
  }),
);

const errorsOf = (file: string, version: string): readonly string[] =>
  checkServerConfig(new Uint8Array(readFileSync(new URL(file, folder))), version, {}, null)
    .filter((found) => found.severity === 'error')
    .map((found) => found.code);

describe('files from the field', () => {
  it('are all here', () => {
    expect(files).toHaveLength(45);
    expect(Object.keys(truth).filter((file) => !files.includes(file))).toEqual([]);
    expect(tried.length).toBeGreaterThan(80);
  });

  it.each(tried)('%s on %s is accepted: %s', (file, version, accepted) => {
    const errors = errorsOf(file, version);
    if (accepted) expect(errors).toEqual([]);
    else expect(errors).not.toEqual([]);
  });

  it.each([
    ['22-guide-backup-string.toml', '1.2.0', ['online-backup-invalid']],
    ['42-backup-bad-cron.toml', '1.11.1', ['online-backup-invalid']],
    ['43-backup-versions-text.toml', '1.8.6', ['online-backup-invalid']],
    ['44-ldap-by-name.toml', '1.11.1', ['ldapbindaddress-not-address']],
    ['23-2021-tls-ca.toml', '1.10.5', ['unknown-key', 'unknown-key', 'value-unknown']],
    ['25-address-lists.toml', '1.8.6', ['unknown-key']],
    ['26-toml11-inline.toml', '1.8.5', ['server-toml-too-new']],
    ['26-toml11-inline.toml', '1.8.6', []],
    ['27-otel-endpoint.toml', '1.10.5', ['unknown-key']],
    ['29-replication-no-bindaddress.toml', '1.11.1', ['replication-bindaddress-missing']],
    ['30-docker-ip-pair.toml', '1.7.2', ['origin-is-address']],
    ['30-docker-ip-pair.toml', '1.7.3', []],
    ['46-v2-legacy-key.toml', '1.11.1', ['unknown-key']],
    ['47-legacy-v2-key.toml', '1.11.1', ['unknown-key']],
    ['48-migration-path.toml', '1.8.6', ['unknown-key']],
    ['48-migration-path.toml', '1.9.0', []],
    ['49-legacy-address-list.toml', '1.10.5', ['server-toml-wrong-type']],
    ['50-role-lowercase.toml', '1.10.5', ['value-unknown']],
    ['51-origin-no-scheme.toml', '1.10.5', ['https-origin-invalid']],
    ['52-poll-interval-text.toml', '1.8.6', ['server-toml-wrong-type']],
  ])('%s on %s: %j', (file, version, codes) => {
    expect(errorsOf(file, version)).toEqual(codes);
  });
});
