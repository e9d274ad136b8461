import type { Layout } from '../../shared/ipc/layout';
import { RUV_EVERY } from '../../shared/ruv/by-itself';
import { LOGINS_EVERY } from '../../shared/serves/by-itself';
import type { IpcClient } from '../bridge/ipc-client';

export type Theme = 'system' | 'light' | 'dark';

/** Settings kept by the app; the window works with defaults until they are read. */
export class Settings {
  theme = $state<Theme>('system');
  readOnly = $state(false);
  /** Minutes between two looks at logins; 0: never. */
  loginsEvery = $state(LOGINS_EVERY);
  /** Minutes between two looks at RUVs; 0: never. */
  ruvEvery = $state(RUV_EVERY);
  recent = $state.raw<readonly string[]>([]);
  /** What the system wishes, while the theme is `system`. */
  systemDark = $state(false);
  dark = $derived(this.theme === 'dark' || (this.theme === 'system' && this.systemDark));
  /** How the window was arranged at the last time; null: it never was. */
  layout: Layout | null = null;
  /** They were read: what is changed from now on is kept. */
  ready = $state(false);
  readonly #client: IpcClient;

  constructor(client: IpcClient) {
    this.#client = client;
  }

  async read(): Promise<void> {
    const answer = await this.#client.ask('settings.read', {});
    if (!answer.ok) return;
    this.theme = answer.value.theme;
    this.readOnly = answer.value.readOnly;
    this.loginsEvery = answer.value.loginsEvery;
    this.ruvEvery = answer.value.ruvEvery;
    this.recent = answer.value.recent;
    this.layout = answer.value.layout ?? null;
  }

  async keepLayout(layout: Layout): Promise<void> {
    this.layout = layout;
    await this.#client.ask('settings.write', { layout });
  }

  async setTheme(theme: Theme): Promise<void> {
    this.theme = theme;
    await this.#client.ask('settings.write', { theme });
  }

  /** Light to dark and back; what the system wishes counts as one of both. */
  async toggleTheme(): Promise<void> {
    await this.setTheme(this.dark ? 'light' : 'dark');
  }

  async setReadOnly(readOnly: boolean): Promise<void> {
    this.readOnly = readOnly;
    await this.#client.ask('settings.write', { readOnly });
  }

  async setLoginsEvery(minutes: number): Promise<void> {
    this.loginsEvery = minutes;
    await this.#client.ask('settings.write', { loginsEvery: minutes });
  }

  async setRuvEvery(minutes: number): Promise<void> {
    this.ruvEvery = minutes;
    await this.#client.ask('settings.write', { ruvEvery: minutes });
  }

  async opened(path: string): Promise<void> {
    this.recent = [path, ...this.recent.filter((other) => other !== path)].slice(0, 8);
    await this.#client.ask('settings.write', { recent: [...this.recent] });
  }
}
