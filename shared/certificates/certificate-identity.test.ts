import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { certificateIdentity } from './certificate-identity';

const shown = (file: string): string => {
  const text = readFileSync(new URL(`../../test/recorded/${file}`, import.meta.url), 'utf8');
  return /certificate: "([^"]+)"/.exec(text)?.[1] ?? '';
};

describe('whose a certificate is', () => {
  it('stays the same when it is renewed, and is another for another server', () => {
    const before = certificateIdentity(shown('kanidmd-1.10.5/show-cert-a.stdout'));
    const after = certificateIdentity(shown('kanidmd-1.10.5/show-cert-a-75s-after-renew.stdout'));
    expect(before).toBe('37d2eded-fdee-4f4c-a60c-80105e881711');
    expect(after).toBe(before);
    expect(certificateIdentity(shown('kanidmd-1.10.5/show-cert-b.stdout'))).not.toBe(before);
  });

  it.each(['kanidmd-1.2.0/show-cert.stdout', 'kanidmd-1.11.1/show-cert.stdout'])(
    'is read from %s',
    (file) => {
      expect(certificateIdentity(shown(file))).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it.each(['', 'MII', 'not base64 at all!', 'AAAAAAAAAAAAAAAAAAAA'])('is not known from %j', (text) => {
    expect(certificateIdentity(text)).toBeNull();
  });
});
