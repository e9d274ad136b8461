import type { App } from './app.svelte';

/** Puts text on the clipboard and says so. */
export async function copy(app: App, text: string, said: string): Promise<void> {
  const answer = await app.client.ask('clipboard.write', { text });
  if (answer.ok) app.notices.show('good', said);
  else app.notices.fault(answer.error);
}
