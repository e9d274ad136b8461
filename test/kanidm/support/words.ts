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
/** What `--logins` and `--ruv` add to a status. */
export interface Proved extends Status {
  readonly serves?: {
    readonly servers: readonly (Said & { readonly server: string; readonly login: string })[];
    readonly logins: readonly (Said & { readonly consumer: string; readonly supplier: string })[];
  };
  readonly ruv?: {
    readonly servers: readonly (Said & { readonly server: string })[];
    readonly pulls: readonly {
      readonly consumer: string;
      readonly supplier: string;
      readonly changes: number | null;
      readonly seconds: number | null;
    }[];
  };
}
interface Said {
  readonly state: string;
  readonly cause: string;
  readonly fix: string;
}
export interface Answers {
  readonly answers: {
    readonly requests: readonly {
      readonly code: number | null;
      readonly opId: string | null;
      readonly by: { readonly kind: string; readonly server?: string };
    }[];
    readonly servers: readonly { readonly server: string; readonly answered: number; readonly log: string }[];
  } | null;
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
