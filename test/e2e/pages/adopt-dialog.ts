import type { Locator, Page } from 'playwright';

/** "Adopt running servers": where they are reached, what they said, whose data wins. */
export class AdoptDialog {
  readonly root: Locator;
  readonly create: Locator;

  constructor(page: Page) {
    this.root = page.getByTestId('adopt-dialog');
    this.create = this.root.getByTestId('adopt-create');
  }

  /** Fills a row, 1-based, with what an operator knows of a server. */
  async fill(
    row: number,
    server: { readonly address: string; readonly keyFile: string; readonly knownHosts: string },
  ): Promise<void> {
    const fields = this.root.locator(`[data-adopt-row="${row}"]`);
    await fields.getByLabel('SSH address').fill(server.address);
    await fields.getByText('More settings').click();
    await fields.getByLabel('Key file').fill(server.keyFile);
    await fields.getByLabel('Known hosts').fill(server.knownHosts);
  }

  /** Reads the servers, and waits until their answers are shown. */
  async look(): Promise<void> {
    await this.root.getByTestId('adopt-look').click();
    await this.root.locator('[data-found]').first().waitFor({ timeout: 60_000 });
  }

  /** Answers "whose data wins?". */
  async choosePrimary(id: string): Promise<void> {
    await this.root.getByTestId(`adopt-primary-${id}`).click();
  }

  /** The links as they are shown: `idm-a → idm-b`. */
  async links(): Promise<readonly string[]> {
    const links = await this.root.locator('[data-found-link]').all();
    return (await Promise.all(links.map((link) => link.getAttribute('data-found-link')))).flatMap(
      (name) => name ?? [],
    );
  }
}
