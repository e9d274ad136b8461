import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../launch/places.mjs';
import { billOfMaterials, licencesText, packedElectron, shippedOf } from './shipped.mjs';

const product = { name: 'Kanilink', version: '1.2.3', license: 'MIT' };
const shipped = shippedOf([], ['ssh2']);

it('names what comes along whole, with all it depends on', () => {
  expect(shipped.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['asn1', 'bcrypt-pbkdf', 'ssh2', 'tweetnacl']),
  );
});

it('writes a bill of materials with the digests of the lock file, and the same bytes each time', () => {
  const text = billOfMaterials(product, shipped, { more: [{ ...packedElectron(), version: '9.8.7' }] });
  expect(billOfMaterials(product, shipped, { more: [{ ...packedElectron(), version: '9.8.7' }] })).toBe(text);
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string; integrity: string }>;
  };
  const locked = lock.packages['node_modules/ssh2'];
  const bill = JSON.parse(text) as { components: { name: string }[]; metadata: unknown };
  expect(bill).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    metadata: { component: { name: 'Kanilink', version: '1.2.3', licenses: [{ license: { id: 'MIT' } }] } },
  });
  const digest = Buffer.from((locked?.integrity ?? '').replace('sha512-', ''), 'base64').toString('hex');
  expect(bill.components.find(({ name }) => name === 'ssh2')).toMatchObject({
    purl: `pkg:npm/ssh2@${locked?.version}`,
    hashes: [{ alg: 'SHA-512', content: digest }],
  });
  expect(bill.components.at(-1)).toEqual({
    ...{ type: 'framework', 'bom-ref': 'electron@9.8.7', name: 'electron', version: '9.8.7' },
    licenses: [{ license: { id: 'MIT' } }],
  });
});

it('writes a choice of licences as an expression, and a name with a scope as its address', () => {
  const one = { name: '@scope/part', version: '1.0.0', license: '(MIT OR Apache-2.0)', text: 'words' };
  expect(JSON.parse(billOfMaterials(product, [one])).components).toEqual([
    expect.objectContaining({
      purl: 'pkg:npm/%40scope/part@1.0.0',
      licenses: [{ expression: '(MIT OR Apache-2.0)' }],
    }),
  ]);
  expect(licencesText([one])).toContain('\n@scope/part 1.0.0 ((MIT OR Apache-2.0))\n\nwords');
});
