import type { AnyServer } from './server';

/** How a person types a server of one kind: in a form of the window, and as an address on the command line. */
export interface KindForm<S extends AnyServer> {
  /** What kanidmd is there, in a sentence. */
  readonly where: string;
  readonly endpoint: TypedEndpoint;
  /** What `config` is where nothing is typed. */
  readonly configPlaceholder: string;
  /** Its own fields, in the order of a form. */
  readonly fields: { readonly [K in Exclude<keyof S, Common>]: TypedField };
  readonly address: TypedAddress;
}

type Common = keyof AnyServer | 'connect' | 'endpoint';

/** Names of the fields that only servers of one kind have; of several kinds, those of each. */
export type OwnField<S> = S extends unknown ? Exclude<keyof S, Common> : never;

/** Where a server is reached, as a form asks for it. */
export interface TypedEndpoint {
  readonly label: string;
  readonly placeholder: string;
  readonly hint: string;
  /** What the window can offer for it: the aliases of ~/.ssh/config; the contexts of Docker and an engine's containers. */
  readonly offers: 'aliases' | 'containers' | null;
  /** As a form shows what the fleet file says. */
  shown(endpoint: string): string;
  /** As the fleet file writes what was typed. */
  written(typed: string): string;
  /** What is wrong with what was typed; null: nothing. */
  fault(typed: string): string | null;
}

/** A field as a form asks for it. */
export interface TypedField {
  readonly label: string;
  /** It is on or off, and off unless it is said; else it is a text. */
  readonly isSwitch?: boolean;
  readonly placeholder?: string;
  readonly hint?: string;
  /** What to say where it is empty; absent: it may be. */
  readonly missing?: string;
  /** It tells servers at one endpoint apart. */
  readonly tellsApart?: true;
  /** The next server is most likely reached with the same. */
  readonly likeTheLast?: true;
  /** What a file that it names is used for, as a person is asked to trust it: `With the key files`. */
  readonly trusted?: string;
  /** Brings a usual spelling to the one of the fleet file. */
  clean?(typed: string): string;
}

/** An address as `kanilink adopt` reads it. */
export interface TypedAddress {
  /** How it is written and what it means, a line each in two columns. */
  readonly help: readonly (readonly [written: string, means: string])[];
  /** `over SSH`: which settings may follow. */
  readonly settings: string;
  /** @returns null when it is an address of another kind. */
  read(address: string): ReadAddress | null;
}

export type ReadAddress =
  | { readonly ok: true; readonly fields: { readonly endpoint: string } & Readonly<Record<string, string>> }
  | { readonly ok: false; readonly complaint: string };

/** `ssh` of `ssh://…`; null: there is none. */
export const schemeOf = (endpoint: string): string | null => /^([a-z]+):\/\//.exec(endpoint)?.[1] ?? null;
