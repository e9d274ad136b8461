/** What `--json` prints, as far as these tests look at it. */
export interface Problem {
  readonly severity: string;
  readonly code: string;
  readonly server: string | null;
  readonly message: string;
  readonly fix: string;
}
export interface Plan {
  readonly changes: boolean;
  readonly steps: readonly {
    readonly id: string;
    readonly server: string;
    readonly action: string;
    readonly summary: string;
    readonly erases: readonly string[];
  }[];
  readonly problems: readonly Problem[];
}
export interface Outcome extends Plan {
  readonly result: string;
}
export interface Status {
  readonly servers: readonly {
    readonly id: string;
    readonly state: string;
    readonly version: string | null;
    readonly domainUuid: string | null;
    readonly certificate: { readonly fingerprint: string } | null;
  }[];
  readonly pulls: readonly {
    readonly consumer: string;
    readonly supplier: string;
    readonly health: string;
    readonly cause: string;
    readonly fix: string;
  }[];
  readonly problems: readonly Problem[];
}
export interface Comparisons {
  readonly comparisons: readonly { readonly result: string }[];
  readonly problems: readonly Problem[];
}

/** `CONSUMER<SUPPLIER: HEALTH` of every pull, sorted. */
export const pullsOf = ({ pulls }: Status): string[] =>
  pulls.map(({ consumer, supplier, health }) => `${consumer}<${supplier}: ${health}`).sort();

export const BOTH_REPLICATE = ['idm-a<idm-b: replicating', 'idm-b<idm-a: replicating'];

/** Everybody whose database a plan erases. */
export const erasedBy = ({ steps }: Plan): string[] => [...new Set(steps.flatMap((step) => step.erases))];

export const codesOf = ({ problems }: Pick<Plan, 'problems'>): string[] => problems.map(({ code }) => code);
export const errorsOf = ({ problems }: Pick<Plan, 'problems'>): string[] =>
  problems.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code}: ${message}`);
