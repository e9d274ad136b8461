/** The releases this program can pretend to be. 1.10.5 is the default. */
export const versionIds = ['1.1.0-rc.16', '1.2.0', '1.10.5', '1.11.1'] as const;
export type VersionId = (typeof versionIds)[number];

/** What differs between releases, as recorded in test/recorded (rc.16: as its release notes say, not recorded). */
export interface Version {
  id: VersionId;
  /** The first ten digits of the commit, printed by `version`. */
  commit: string;
  domainLevel: number;
  /** The oldest domain level a refresh may bring. */
  minDomainLevel: number;
  /** `early` are the releases of 2024: other span heads, `-o json`, an older TOML library, no `scripting`. */
  shape: 'early' | 'modern';
  /** The line `i_acknowledge_that_replication_is_in_development`: needed, or an unknown field. */
  acknowledgement: 'required' | 'unknown';
  /** How the certificate looks: OpenSSL's of 180 days with a key usage, or the four-year one without. */
  certificate: 'openssl' | 'rustcrypto';
  /** Whether a renewal holds the replication port for about a minute. Fixed in 1.11.1 (measured). */
  slowRenewal: boolean;
}

/** @returns the release called `id`, or undefined. */
export function findVersion(id: string): Version | undefined {
  return versions.find((version) => version.id === id);
}

const versions: readonly Version[] = [
  {
    id: '1.1.0-rc.16',
    commit: '0000000000',
    domainLevel: 5,
    minDomainLevel: 5,
    shape: 'early',
    acknowledgement: 'required',
    certificate: 'openssl',
    slowRenewal: true,
  },
  {
    id: '1.2.0',
    commit: '9efa91ae93',
    domainLevel: 6,
    minDomainLevel: 5,
    shape: 'early',
    acknowledgement: 'unknown',
    certificate: 'openssl',
    slowRenewal: true,
  },
  {
    id: '1.10.5',
    commit: '715020ccd2',
    domainLevel: 14,
    minDomainLevel: 12,
    shape: 'modern',
    acknowledgement: 'unknown',
    certificate: 'rustcrypto',
    slowRenewal: true,
  },
  {
    id: '1.11.1',
    commit: 'bfb60b5cb3',
    domainLevel: 15,
    minDomainLevel: 13,
    shape: 'modern',
    acknowledgement: 'unknown',
    certificate: 'rustcrypto',
    slowRenewal: false,
  },
];
