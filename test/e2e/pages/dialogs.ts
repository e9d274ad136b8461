import type { Locator, Page } from 'playwright';

/** "Whose data wins?", after a drag. */
export class PairDialog {
  readonly root: Locator;

  constructor(page: Page) {
    this.root = page.getByTestId('pair-dialog');
  }

  /** Chooses whose data wins, and pairs. */
  async pair(winner: string): Promise<void> {
    await this.choose(winner);
    await this.root.getByTestId('pair-confirm').click();
    await this.root.waitFor({ state: 'detached' });
  }

  /** Waits until what either server holds is shown, or why it is not known. */
  async untilKnown(): Promise<void> {
    await this.root.locator('[data-looking]').last().waitFor({ state: 'detached', timeout: 30_000 });
  }

  /** What is known of a server's data. */
  data(id: string): Locator {
    return this.root.getByTestId(`data-${id}`);
  }

  /** Reads what both servers hold, and waits for it. */
  async readData(): Promise<void> {
    await this.root.getByTestId('read-data').click();
    await this.root.getByTestId('read-data').waitFor({ state: 'detached', timeout: 60_000 });
  }

  get confirm(): Locator {
    return this.root.getByTestId('pair-confirm');
  }

  async choose(winner: string): Promise<void> {
    await this.root.getByTestId(`wins-${winner}`).click();
  }

  async cancel(): Promise<void> {
    await this.root.getByRole('button', { name: 'Cancel' }).click();
    await this.root.waitFor({ state: 'detached' });
  }

  /** Cancels it after something was chosen, which is asked about. */
  async throwAway(): Promise<void> {
    await this.root.getByRole('button', { name: 'Cancel' }).click();
    await this.root.getByRole('alertdialog').getByRole('button', { name: 'Throw it away' }).click();
    await this.root.waitFor({ state: 'detached' });
  }
}

/** Review: what will be done, in order, and what is erased. */
export class ReviewDialog {
  readonly root: Locator;
  readonly deployButton: Locator;
  readonly blocked: Locator;
  readonly steps: Locator;

  constructor(page: Page) {
    this.root = page.getByTestId('review-dialog');
    this.deployButton = this.root.getByTestId('deploy');
    this.blocked = this.root.getByTestId('plan-blocked');
    this.steps = this.root.locator('[data-step]');
  }

  /** Unfolds the steps. */
  async showSteps(): Promise<void> {
    await this.root.getByTestId('plan-steps').locator('summary').first().click();
    await this.steps.first().waitFor();
  }

  /** Waits until the plan is there. Planning reads every server. */
  async untilPlanned(): Promise<void> {
    await this.root.getByTestId('plan-summary').or(this.blocked).first().waitFor({ timeout: 60_000 });
  }

  /** Servers whose database the plan erases. */
  async erased(): Promise<readonly string[]> {
    const fields = await this.root.locator('[data-erase]').all();
    const names = await Promise.all(fields.map((field) => field.getAttribute('data-erase')));
    return names.flatMap((name) => name ?? []).sort();
  }

  /** Allows an erase by typing the server's name, key by key. */
  async allowErase(server: string): Promise<void> {
    const input = this.root.locator(`[data-erase="${server}"]`);
    await input.click();
    await input.pressSequentially(server, { delay: 20 });
  }

  /** The diffs as they are shown. */
  async diffText(): Promise<string> {
    return (await this.root.innerText()).trim();
  }

  async saveRunbook(): Promise<void> {
    await this.root.getByTestId('save-runbook').click();
  }

  async deploy(): Promise<void> {
    await this.deployButton.click();
  }

  async cancel(): Promise<void> {
    await this.root.getByRole('button', { name: 'Cancel' }).click();
    await this.root.waitFor({ state: 'detached' });
  }
}

/** A deploy that runs, or has ended. */
export class DeployDialog {
  readonly root: Locator;
  readonly outcome: Locator;

  constructor(page: Page) {
    this.root = page.getByTestId('deploy-dialog');
    this.outcome = this.root.getByTestId('deploy-outcome');
  }

  /** Waits for the end. @returns `done`, `failed`, `cancelled`, … */
  async untilEnded(limitMs: number): Promise<string> {
    await this.root.locator('[data-outcome]:not([data-outcome="running"])').waitFor({ timeout: limitMs });
    return (await this.outcome.getAttribute('data-outcome')) ?? '';
  }

  async close(): Promise<void> {
    await this.root.getByTestId('deploy-close').click();
    await this.root.waitFor({ state: 'detached' });
  }

  /** Everything the dialog says, for a test that fails. */
  async text(): Promise<string> {
    return this.root.innerText();
  }
}
