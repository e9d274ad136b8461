import type { IpcClient } from '../bridge/ipc-client';
import { drawFleet, type DrawnFleet } from '../../shared/fleet/adopt/draw-fleet';
import type { AdoptedFleet, ServerAddress } from '../../shared/fleet/adopt/adopted-fleet';
import type { Fault, Result } from '../../shared/base/result';
import { likeTheLast, saysNowhere } from '../servers/kind-forms';
import {
  checkForm,
  emptyForm,
  type FieldFaults,
  fieldsOf,
  type ServerForm,
  typedAgain,
  typedIn,
} from '../servers/server-form';
import type { ServerFields } from '../../shared/fleet/edit/edit-fleet';
import type { TypedForm } from '../../shared/ipc';

const row = (key: number): AdoptRow => ({ key, form: emptyForm('') });
const UNTOUCHED = JSON.stringify(row(0).form);

type TypedAddresses = Extract<TypedForm, { readonly kind: 'adopt' }>;

/** One server to adopt, as it is typed. */
export interface AdoptRow {
  readonly key: number;
  form: ServerForm;
}

/** Adopting running servers: where they are reached, what they said, and what the person answered to that. */
export class Adopting {
  rows = $state<AdoptRow[]>([row(0), row(1)]);
  /** What was wrong with rows, by key, and how they were then: a row that was changed since is not judged yet. */
  #wrong = $state.raw<Readonly<Record<number, { readonly of: string; readonly faults: FieldFaults }>>>({});
  /** What is wrong with each row. */
  faults = $derived(
    this.rows.map(({ key, form }): FieldFaults => {
      const wrong = this.#wrong[key];
      return wrong?.of === JSON.stringify(form) ? wrong.faults : {};
    }),
  );
  asking = $state(false);
  /** Why nothing was found. */
  fault = $state.raw<Fault | null>(null);
  adopted = $state.raw<AdoptedFleet | null>(null);
  /** For each question, by its servers: whose data wins. */
  answers = $state<Record<string, string>>({});

  /** The fleet as far as it can be drawn without an answer: its questions stay the same while they are answered. */
  asked = $derived.by(() => valueOf(this.#draw([])));
  readonly #answered = $derived.by(() => this.#draw(Object.values(this.answers).filter((id) => id !== '')));
  drawn = $derived(valueOf(this.#answered));
  /** Why no valid fleet can be drawn of what was found. */
  refused = $derived(this.#answered?.ok === false ? this.#answered.error : null);
  blocked = $derived((this.adopted?.problems ?? []).some((problem) => problem.severity === 'error'));

  /** What is typed that is nowhere else, as it is kept against a crash; null: nothing. */
  typed = $derived.by((): TypedAddresses | null =>
    this.rows.some(({ form }) => JSON.stringify(form) !== UNTOUCHED)
      ? { kind: 'adopt', rows: this.rows.map(({ form }) => typedIn(form)) }
      : null,
  );

  readonly #client: IpcClient;
  readonly #mayDial: ((servers: readonly ServerFields[]) => Promise<boolean>) | null;
  #abort: AbortController | null = null;

  /**
   * @param back what was typed when Kanilink ended; null: nothing
   * @param mayDial has the person asked whether servers that came back may be dialled; null: they typed them just now
   */
  constructor(
    client: IpcClient,
    back: TypedAddresses | null = null,
    mayDial: ((servers: readonly ServerFields[]) => Promise<boolean>) | null = null,
  ) {
    this.#client = client;
    this.#mayDial = mayDial;
    if (back !== null && back.rows.length > 0)
      this.rows = back.rows.map((fields, key) => ({ key, form: typedAgain(emptyForm(''), fields) }));
  }

  add(): void {
    const last = this.rows.at(-1);
    const next = row((last?.key ?? 0) + 1);
    // The next server is most likely reached in the same way.
    if (last) next.form = { ...next.form, connect: last.form.connect, ...likeTheLast(last.form) };
    this.rows.push(next);
  }

  remove(key: number): void {
    this.rows = this.rows.filter((one) => one.key !== key);
  }

  /** Asks the servers of the filled rows what they say of each other; empty rows stay as they are. */
  async look(fleetPath: string | null): Promise<void> {
    const rows = this.rows.filter(({ form }) => !saysNowhere(form));
    const used = rows.length > 0 ? rows : this.rows.slice(0, 1);
    const judged = used.map(
      ({ key, form }) => [key, { of: JSON.stringify(form), faults: reachFaults(form) }] as const,
    );
    this.#wrong = Object.fromEntries(judged);
    if (judged.some(([, { faults }]) => Object.keys(faults).length > 0)) return;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.asking = true;
    this.fault = null;
    this.adopted = null;
    this.answers = {};
    const named = used.map(({ form }, at) => ({ ...fieldsOf(form), id: `server-${at + 1}` }));
    if (this.#mayDial !== null && !(await this.#mayDial(named))) {
      if (this.#abort === abort) this.stop();
      return;
    }
    if (this.#abort !== abort) return;
    const servers = used.map(({ form }) => reachOf(form));
    const answer = await this.#client.ask('servers.adopt', { servers, fleetPath }, { signal: abort.signal });
    if (this.#abort !== abort) return;
    this.asking = false;
    if (answer.ok) this.adopted = answer.value;
    else if (answer.error.code !== 'cancelled') this.fault = answer.error;
  }

  /** Back to the endpoints. */
  again(): void {
    this.stop();
    this.adopted = null;
    this.fault = null;
  }

  stop(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.asking = false;
  }

  #draw(primaries: readonly string[]): Result<DrawnFleet> | null {
    return this.adopted === null ? null : drawFleet(this.adopted, primaries);
  }
}

const valueOf = (drawn: Result<DrawnFleet> | null): DrawnFleet | null => (drawn?.ok ? drawn.value : null);

/** How it is reached, without a name: that comes from its host. */
function reachOf(form: ServerForm): ServerAddress {
  const { id: _id, ...reach } = fieldsOf(form);
  return reach;
}

function reachFaults(form: ServerForm): FieldFaults {
  const { id: _id, ...faults } = checkForm(form, []);
  return faults;
}
