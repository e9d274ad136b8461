import type { viewWords } from '../../../shared/ipc/commands';
import { type ViewId } from '../../../shared/ipc/commands';
import type { Locator, Page } from 'playwright';
import { Canvas } from './canvas';
import { DeployDialog, PairDialog, ReviewDialog } from './dialogs';
import { Questions } from './questions';
import { Servers } from './servers';

/** What stands on a tab of the lower panel. */
export type Tab = Extract<(typeof viewWords)[ViewId], { readonly place: 'panel' }>['tab'];

/** The whole window, as a person uses it. Tests read like what that person would tell of their day. */
export class MainWindow {
  readonly page: Page;
  readonly canvas: Canvas;
  readonly servers: Servers;
  readonly pairDialog: PairDialog;
  readonly review: ReviewDialog;
  readonly deploy: DeployDialog;
  readonly questions: Questions;
  readonly linkInspector: Locator;
  readonly logs: Locator;
  readonly notices: Locator;
  readonly reviewButton: Locator;
  /** Says whether the servers are watched: `data-live`. */
  readonly watching: Locator;

  constructor(page: Page) {
    this.page = page;
    this.canvas = new Canvas(page);
    this.servers = new Servers(page);
    this.pairDialog = new PairDialog(page);
    this.review = new ReviewDialog(page);
    this.deploy = new DeployDialog(page);
    this.questions = new Questions(page);
    this.linkInspector = page.getByTestId('link-inspector');
    this.logs = page.getByTestId('logs');
    this.notices = page.getByTestId('notices');
    this.reviewButton = page.getByTestId('review');
    this.watching = page.getByTestId('watching');
  }

  /** The first start's offer: the practice fleet. */
  async usePracticeFleet(): Promise<void> {
    await this.page.getByTestId('welcome-practice').click();
    await this.canvas.root.waitFor({ timeout: 90_000 });
  }

  /** The path of the fleet file that is open. */
  async fleetFile(): Promise<string> {
    return (await this.page.getByTestId('file-state').getAttribute('title')) ?? '';
  }

  async untilSaved(): Promise<void> {
    await this.page.getByTestId('file-state').filter({ hasNotText: 'unsaved' }).waitFor();
  }

  /** Waits until a server is shown as `running`, `stopped` or `unreachable`. */
  async untilServer(id: string, state: string, limitMs: number): Promise<void> {
    await this.servers.row(id).getByText(state, { exact: true }).waitFor({ timeout: limitMs });
  }

  /** The health the inspector of the selected link shows for one pull. */
  async pullHealth(consumer: string, supplier: string): Promise<string | null> {
    return this.linkInspector
      .locator(`[data-pull="${consumer} ← ${supplier}"]`)
      .getAttribute('data-pull-health');
  }

  async openReview(): Promise<void> {
    await this.reviewButton.click();
    await this.review.untilPlanned();
  }

  /** Tries to review and deploy: false when the window offers no way to do it. */
  async canBeDeployed(): Promise<boolean> {
    if ((await this.reviewButton.count()) === 0 || (await this.reviewButton.isDisabled())) return false;
    await this.reviewButton.click();
    await this.review.root
      .getByText(/cannot run|Plan again|Not read: the fleet file has faults/)
      .waitFor({ timeout: 60_000 });
    return this.review.deployButton.isEnabled();
  }

  /** Has all servers read again. */
  async check(): Promise<void> {
    await this.page.getByTestId('check').click();
  }

  /** Opens the review of a fleet whose servers already are as it says. */
  async openReviewWithoutChanges(): Promise<void> {
    await this.reviewButton.click();
    await this.review.root.getByText('Nothing to do').waitFor({ timeout: 60_000 });
  }

  async openTab(tab: Tab): Promise<void> {
    await this.page.getByRole('tab', { name: tab }).click();
  }

  /** Problems as they are listed, one text each. */
  async problems(): Promise<readonly string[]> {
    await this.openTab('Problems');
    return this.page.locator('[data-problem]').allInnerTexts();
  }

  /** Runs a command by its name in the palette. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('Control+K');
    await this.page.getByTestId('palette').waitFor();
    await this.page.keyboard.type(title);
    await this.page.keyboard.press('Enter');
  }
}
