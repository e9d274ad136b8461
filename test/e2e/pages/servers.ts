import type { Locator, Page } from 'playwright';

/** The list of servers, the dialog that adds or edits one, and "test connection". */
export class Servers {
  readonly dialog: Locator;
  readonly testResult: Locator;
  readonly inspector: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.dialog = page.getByTestId('server-dialog');
    this.testResult = page.getByTestId('test-result');
    this.inspector = page.getByTestId('server-inspector');
  }

  row(id: string): Locator {
    return this.#page.locator(`[data-server-row="${id}"]`);
  }

  async select(id: string): Promise<void> {
    await this.row(id).click();
  }

  /** Opens a server's dialog by a double click on its row. */
  async edit(id: string): Promise<void> {
    await this.row(id).dblclick();
    await this.dialog.waitFor();
  }

  /** Presses "Test connection" in the open dialog, without waiting for what comes of it. */
  async startTest(): Promise<void> {
    await this.dialog.getByRole('button', { name: 'Test connection' }).click();
  }

  /** Waits for what "Test connection" found. @returns `running`, `unreachable`, `failed`, …, and its words */
  async untilTested(): Promise<{ readonly state: string; readonly text: string }> {
    await this.testResult.waitFor({ timeout: 60_000 });
    const state = (await this.testResult.getAttribute('data-state')) ?? '';
    return { state, text: await this.testResult.innerText() };
  }

  async closeDialog(): Promise<void> {
    await this.#page.keyboard.press('Escape');
    await this.dialog.waitFor({ state: 'detached' });
  }
}
