import type { Client } from '../bridge/client';

export type Theme = 'system' | 'light' | 'dark';

/** Settings kept by the app; the window works with defaults until they are read. */
export class Settings {
  theme = $state<Theme>('system');
  readOnly = $state(false);
  recent = $state.raw<readonly string[]>([]);
  /** What the system wishes, while the theme is `system`. */
  systemDark = $state(false);
  dark = $derived(this.theme === 'dark' || (this.theme === 'system' && this.systemDark));
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async read(): Promise<void> {
    const answer = await this.#client.ask('settings.read', {});
    if (!answer.ok) return;
    this.theme = answer.value.theme;
    this.readOnly = answer.value.readOnly;
    this.recent = answer.value.recent;
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

  async opened(path: string): Promise<void> {
    this.recent = [path, ...this.recent.filter((other) => other !== path)].slice(0, 8);
    await this.#client.ask('settings.write', { recent: [...this.recent] });
  }
}
