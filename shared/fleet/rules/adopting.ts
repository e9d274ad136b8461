import type { Words } from './words';

/** What only adopting running servers can find; what it shares with the rules has its words there. */
export const raisedBy = 'shared/fleet/adopt';

export const words = {
  'server-twice': {
    severity: 'error',
    what: 'when adopting: two endpoints show the same certificate, or are the same container.',
    why: 'it is one server given twice, or a copied machine; a copy with the same certificate must not run beside its original.',
    fix: 'name it once; renew the copy’s certificate.',
    from: 'design',
    source: 'design.md, "The fleet file": a server is in it once',
  },
  'origin-shared': {
    severity: 'warning',
    what: 'when adopting: several servers have one origin, such as a virtual address.',
    why: 'it is nobody’s own name. What partners that pin a server’s certificate dial, or the one name in the certificate, is taken instead.',
    fix: 'deploy, or write another name.',
    from: 'Kanidm: one origin per node',
    source: 'kanidm.md, "Replication keys": one origin per node',
  },
  'link-useless': {
    severity: 'warning',
    what: 'when adopting: two servers only allow each other to pull.',
    why: 'neither pulls, and the files do not say what was meant.',
    fix: 'draw the link that was meant; without one a deploy takes both tables out.',
    from: 'design',
    source: 'design.md, "The fleet file": what cannot be expressed is shown as drift',
  },
  'adopt-unknown-primary': {
    severity: 'error',
    what: '`--primary` names none of the adopted servers.',
    fix: 'name one of those listed.',
    from: 'design',
  },
  'adopt-several-primaries': {
    severity: 'error',
    what: 'two servers named as primaries are linked with each other.',
    fix: 'name one for each group.',
    from: 'design',
  },
  'adopt-primary-contradicted': {
    severity: 'error',
    what: 'by the servers’ own files the named server takes its data from another one.',
    why: 'a direction is never rewritten by guess.',
    fix: 'name one of those that can be; reverse links after adopting.',
    from: 'design',
  },
} as const satisfies Words;
