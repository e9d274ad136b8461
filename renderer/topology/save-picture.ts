import { bytesToBase64 } from '../../shared/base/base64';
import { fleetFileStem } from '../../shared/base/fleet-file-name';
import { viewLink } from '../live/link-view';
import { toneOf } from '../live/pull-view';
import { lastLineOf } from '../live/server-view';
import type { App } from '../app/app.svelte';
import { moment } from '../base/words';
import { type Colour, type Picture, type PictureLink, topologySvg } from './picture';
import { placeServers } from './place-servers';
import { shownServers } from './shown-servers';

/** Pixels of a PNG for each pixel of the canvas: sharp on paper and on dense screens. */
const PNG_SCALE = 2;
const COLOURS: readonly Colour[] = [
  'bg',
  'surface',
  'line',
  'text',
  'muted',
  'accent',
  'good',
  'warn',
  'bad',
];

/** Saves the fleet as it stands on the canvas as a picture, where the person says. */
export async function savePicture(app: App, kind: 'svg' | 'png'): Promise<void> {
  const picture = pictureOf(app);
  if (picture === null) return;
  const drawn = topologySvg(picture, coloursOfTheme());
  const bytes = kind === 'svg' ? new TextEncoder().encode(drawn.svg) : await paint(drawn);
  const suggested = `${fleetFileStem(app.document.fileLabel)}.${kind}`;
  const answer = await app.client.ask('file.save-as', { suggested, kind, base64: bytesToBase64(bytes) });
  if (!answer.ok) app.notices.fault(answer.error);
  else if (answer.value.path !== null) app.notices.show('good', `Saved ${answer.value.path}.`);
}

/** What the canvas shows now; null without a fleet. */
export function pictureOf(app: App): Picture | null {
  const { fleet, topology } = app.document;
  if (!fleet || !topology) return null;
  const shown = shownServers(fleet, app.outside);
  const places = placeServers({ servers: shown });
  return {
    name: fleet.name,
    when: `as seen ${moment(app.clock.now)}`,
    servers: shown.map(({ id, leaving }) => {
      const view = app.viewServer(id);
      const lines = [leaving ?? (view.about || view.state), lastLineOf(view)];
      return {
        id,
        ...(places.get(id) ?? { x: 0, y: 0 }),
        primary: topology.primaries.some((one) => one === id),
        tone: view.tone,
        lines,
      };
    }),
    links: app.layers.links.map((link): PictureLink => {
      const pulls = app.pullsOf(link);
      const { tone, words, difference } = viewLink(link, pulls, app.clock.now);
      const arrowAt = (consumer: string): PictureLink['tone'] | null => {
        const pull = pulls.find((one) => one.consumer === consumer);
        return pull ? toneOf(pull.health) : null;
      };
      return {
        supplier: link.supplier,
        consumer: link.consumer,
        tone,
        words: [words, difference === 'new' ? '' : difference].filter(Boolean).join(' · '),
        atSupplier: arrowAt(link.supplier),
        atConsumer: arrowAt(link.consumer),
      };
    }),
  };
}

function coloursOfTheme(): Record<Colour, string> {
  const style = getComputedStyle(document.documentElement);
  const found = COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()] as const);
  return Object.fromEntries(found) as Record<Colour, string>;
}

async function paint(drawn: {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}): Promise<Uint8Array> {
  const image = new Image();
  image.src = `data:image/svg+xml;base64,${bytesToBase64(new TextEncoder().encode(drawn.svg))}`;
  await image.decode();
  const canvas = new OffscreenCanvas(drawn.width * PNG_SCALE, drawn.height * PNG_SCALE);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
}
