import type { Locator, Page } from 'playwright';

/** What the engine asks a person: an unknown host key, a password. */
export class Questions {
  readonly hostKey: Locator;
  readonly fingerprint: Locator;
  readonly secret: Locator;

  constructor(page: Page) {
    this.hostKey = page.getByTestId('host-key-dialog');
    this.fingerprint = this.hostKey.getByTestId('fingerprint');
    this.secret = page.getByTestId('secret-dialog');
  }

  /** Answers the host key question in front. @returns the fingerprint it showed */
  async answerHostKey(accept: boolean): Promise<string> {
    await this.hostKey.waitFor();
    const shown = (await this.fingerprint.textContent())?.trim() ?? '';
    await this.hostKey.getByTestId(accept ? 'host-key-accept' : 'host-key-cancel').click();
    return shown;
  }

  /** Types a password or passphrase, and connects. */
  async giveSecret(secret: string): Promise<void> {
    const input = this.secret.locator('input');
    await input.click();
    await input.fill(secret);
    await this.secret.getByTestId('secret-confirm').click();
  }

  async declineSecret(): Promise<void> {
    await this.secret.getByRole('button', { name: 'Cancel' }).click();
  }
}
