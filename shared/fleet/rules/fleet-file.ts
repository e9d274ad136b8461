import { firstWith } from '../../versions/versions';
import { ruleProblems, type Words } from './words';

/** What the fleet file itself says, and what it must not. */
export const raisedBy = 'shared/fleet/read';

export const words = {
  'fleet-syntax': {
    severity: 'error',
    what: 'the file is not TOML 1.0; line and column are named.',
    why: 'nothing in it can be relied on.',
    fix: 'correct the line; strings are quoted, tables look like `[[server]]`.',
    from: 'design',
  },
  'fleet-too-large': {
    severity: 'error',
    what: 'the file has more characters, lines or values than any fleet has.',
    why: 'a parser given such a file may take all memory.',
    fix: 'see that it is the right file.',
    from: 'design: bad input ends with one clear message',
  },
  'fleet-too-deep': {
    severity: 'error',
    what: 'brackets or dotted keys are nested deeper than a fleet file can be.',
    why: 'as above.',
    fix: 'see that it is the right file.',
    from: 'design',
  },
  'fleet-value-too-long': {
    severity: 'error',
    what: 'one value is longer than any name, address or path.',
    why: 'as above.',
    fix: 'correct the value.',
    from: 'design',
  },
  'fleet-missing-field': {
    severity: 'error',
    certainFix: 'write-version',
    what: 'a field that must be there is missing.',
    why: 'no value would be a safe guess.',
    fix: 'write it.',
    from: 'design',
  },
  'fleet-bad-field': {
    severity: 'error',
    certainFix: 'write-version',
    what: 'a field has a value of another kind or form.',
    why: 'no guess at what was meant would be safe.',
    fix: 'write it as the message shows.',
    from: 'design',
  },
  'fleet-unknown-key': {
    severity: 'error',
    certainFix: 'correct-key',
    what: 'a key means nothing where it stands.',
    why: 'a typo that is silently ignored would leave out what you meant.',
    fix: 'the nearest known key is named; correct or remove it.',
    from: 'design',
  },
  'fleet-inline-tables': {
    severity: 'error',
    what: 'servers, links or removed ones are written in one line (`server = [{ … }]`).',
    why: 'Kanilink reads that and does not edit it: an edit would have to reformat your file.',
    fix: 'write `[[server]]` tables.',
    from: 'design',
  },
  'fleet-duplicate-id': {
    severity: 'error',
    what: 'two servers have one id.',
    why: 'links and consents name servers by it.',
    fix: 'rename one.',
    from: 'design',
  },
  'fleet-duplicate-origin': {
    severity: 'error',
    what: 'two servers have one origin in the file.',
    why: 'partners could not tell them apart.',
    fix: 'give each the name and port that partners dial for it alone.',
    from: 'Kanidm: one origin per node',
  },
  'fleet-duplicate-endpoint': {
    severity: 'error',
    what: 'two servers are the same service or container; other spellings of an SSH address count as the same.',
    why: 'a server must not be linked with itself, nor restarted twice at once.',
    fix: 'remove one, or correct its endpoint.',
    from: 'design',
  },
  'fleet-origin-is-address': {
    severity: 'warning',
    what: 'an origin in the fleet file is an IPv4 address.',
    why: `Kanidm before ${firstWith('address-origin')} writes it into its certificate as a name, and partners then refuse it; a name can also move to another address.`,
    fix: 'use a DNS name.',
    from: 'measured, Kanidm’s source',
  },
  'fleet-origin-never-works': {
    severity: 'error',
    what: 'an origin in the fleet file, or a name a link dials, is an IPv6 address.',
    why: 'kanidmd starts with it, but never listens for partners and never dials one.',
    fix: 'use a DNS name; it may stand for an IPv6 address.',
    from: 'measured',
  },
  'fleet-origin-without-port': {
    severity: 'warning',
    what: 'an origin, or a name a link dials, has no port.',
    why: 'Kanidm then means 443, which is the HTTPS port nearly everywhere.',
    fix: 'write the port.',
    from: 'Kanidm’s source',
  },
  'fleet-link-unknown-server': {
    severity: 'error',
    certainFix: 'remove-link',
    what: 'a link names a server that is not in the file.',
    fix: 'correct the id, or add the server.',
    from: 'design',
  },
  'fleet-link-to-itself': {
    severity: 'error',
    certainFix: 'remove-link',
    what: 'a link joins a server to itself.',
    fix: 'name two servers, or remove the link.',
    from: 'design',
  },
  'fleet-duplicate-link': {
    severity: 'error',
    certainFix: 'remove-second-link',
    what: 'two servers are linked twice.',
    why: 'a server.toml has one table per partner.',
    fix: 'keep one; `mutual = true` makes both pull.',
    from: 'design',
  },
  'fleet-refresh-from-no-supplier': {
    severity: 'error',
    certainFix: 'remove-source',
    what: '`refresh_from` names a server that is no supplier of this one.',
    why: 'it would never get its data.',
    fix: 'name a supplier, or remove the line.',
    from: 'design',
  },
  'fleet-automatic-refresh-several-suppliers': {
    severity: 'error',
    certainFix: 'remove-line',
    what: 'a link has `automatic_refresh`, and its consumer pulls from others too.',
    why: 'the flag belongs to the server, not to the link: it asks every supplier, and the first to answer wins, for good.',
    fix: 'remove the flag; Kanilink runs the refresh from the one right source.',
    from: 'measured (8 of 8 refreshes came from the wrong one)',
  },
  'fleet-removed-still-there': {
    severity: 'error',
    certainFix: 'remove-from-removed',
    what: 'an origin is listed under `[[removed]]` and belongs to a server of the fleet.',
    why: 'its partners’ tables would be written and taken out.',
    fix: 'take it off the list, or remove the server.',
    from: 'design',
  },
} as const satisfies Words;

export type FleetFileCode = keyof typeof words;
/** A problem of the fleet file. */
export const fleetFileProblem = ruleProblems(words);
