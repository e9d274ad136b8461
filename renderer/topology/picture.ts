import { bothEnds } from '../base/names';
import { type Box, linkPath, type LinkPath } from './link-path';
import type { Tone } from '../live/pull-view';

/** What a picture of the fleet shows: as on the canvas, without anything that can be clicked. */
export interface Picture {
  readonly name: string;
  /** When it was so, in words: a picture outlives what it shows. */
  readonly when: string;
  readonly servers: readonly PictureServer[];
  readonly links: readonly PictureLink[];
}

export interface PictureServer {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly primary: boolean;
  readonly tone: Tone;
  /** Lines under the name. */
  readonly lines: readonly string[];
}

export interface PictureLink {
  readonly supplier: string;
  readonly consumer: string;
  readonly tone: Tone;
  readonly words: string;
  /** Ends with an arrow, each in the tone of its pull; null: no pull ends there. */
  readonly atSupplier: Tone | null;
  readonly atConsumer: Tone | null;
}

/** The colours of the theme, by token name without dashes in front. */
export type Colour = 'bg' | 'surface' | 'line' | 'text' | 'muted' | 'accent' | 'good' | 'warn' | 'bad';

const WIDTH = 216;
const HEIGHT = 84;
const MARGIN = 40;
const HEAD = 64;
/** Each tone has a shape too: a picture may be printed without colour. */
const SHAPES: Readonly<Record<Tone, (x: number, y: number) => string>> = {
  good: (x, y) => `M${x - 5} ${y}l4 4 7 -8`,
  warn: (x, y) => `M${x} ${y - 5}l6 10h-12zm0 4v3`,
  bad: (x, y) => `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`,
  new: (x, y) => `M${x - 5} ${y}h10m-5 -5v10`,
  quiet: (x, y) => `M${x - 3} ${y - 2}a3 3 0 1 1 3 3v1m0 3v.1`,
};
const FONT = 'Inter, system-ui, sans-serif';

/**
 * Draws the fleet as an SVG document of its own.
 * @returns the document and its size in pixels.
 */
export function topologySvg(
  picture: Picture,
  colours: Readonly<Record<Colour, string>>,
): { readonly svg: string; readonly width: number; readonly height: number } {
  const boxes = new Map(picture.servers.map(({ id, x, y }) => [id, { x, y, width: WIDTH, height: HEIGHT }]));
  const lines = picture.links.flatMap((link): readonly DrawnLink[] => {
    const [from, to] = [boxes.get(link.supplier), boxes.get(link.consumer)];
    const others = [...boxes.values()].filter((box) => box !== from && box !== to);
    return from && to ? [{ link, line: linkPath(from, to, others), wide: pillWidth(link.words) }] : [];
  });
  const all = [...boxes.values(), ...lines.map(pillOf)];
  const left = Math.min(0, ...all.map((box) => box.x)) - MARGIN;
  const top = Math.min(0, ...all.map((box) => box.y)) - MARGIN - HEAD;
  const width = Math.max(360, ...all.map((box) => box.x + box.width)) + MARGIN - left;
  const height = Math.max(0, ...all.map((box) => box.y + box.height)) + MARGIN - top;
  const ink = inkOf(colours);
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" font-family="${FONT}">`,
    `<title>${escape(picture.name)}</title>`,
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${colours.bg}"/>`,
    label(left + MARGIN, top + MARGIN, picture.name, colours.text, 17, 650),
    label(left + MARGIN, top + MARGIN + 20, picture.when, colours.muted, 12),
    ...lines.flatMap((drawn) => drawLink(drawn, ink, colours)),
    ...picture.servers.map((server) => drawServer(server, ink, colours)),
    '</svg>',
  ].join('\n');
  return { svg, width, height };
}

function drawServer(
  server: PictureServer,
  ink: (tone: Tone) => string,
  colours: Readonly<Record<Colour, string>>,
): string {
  const { x, y } = server;
  return [
    `<g><rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="12" fill="${colours.surface}" stroke="${colours.line}"/>`,
    label(x + 14, y + 26, bothEnds(server.id, 20), colours.text, 14, 650),
    ...(server.primary ? [label(x + WIDTH - 14, y + 26, 'primary', colours.accent, 11, 600, 'end')] : []),
    ...server.lines
      .slice(0, 2)
      .map((line, index) => label(x + 14, y + 46 + index * 19, clip(line, 32), colours.muted, 12)),
    `<path d="${SHAPES[server.tone](x + WIDTH - 19, y + HEIGHT - 20)}" fill="none" stroke="${ink(server.tone)}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></g>`,
  ].join('');
}

interface DrawnLink {
  readonly link: PictureLink;
  readonly line: LinkPath;
  /** Width of its pill. */
  readonly wide: number;
}

const pillWidth = (words: string): number => Math.max(60, words.length * 6.6 + 24);
const pillOf = ({ line, wide }: DrawnLink): Box => ({
  x: line.labelX - wide / 2,
  y: line.labelY - 13,
  width: wide,
  height: 26,
});

function drawLink(
  drawn: DrawnLink,
  ink: (tone: Tone) => string,
  colours: Readonly<Record<Colour, string>>,
): readonly string[] {
  const { link, line } = drawn;
  const pill = pillOf(drawn);
  const colour = ink(link.tone);
  const dashes =
    link.tone === 'new' ? ' stroke-dasharray="7 5"' : link.tone === 'bad' ? ' stroke-dasharray="2 4"' : '';
  const end = `marker-end="${link.atConsumer ? `url(#to-${link.atConsumer})` : 'none'}"`;
  const start = `marker-start="${link.atSupplier ? `url(#to-${link.atSupplier})` : 'none'}"`;
  const tips = [...new Set([link.atSupplier, link.atConsumer])].filter((tone) => tone !== null);
  return [
    ...tips.map(
      (tone) =>
        `<marker id="to-${tone}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="${ink(tone)}"/></marker>`,
    ),
    `<path d="${line.path}" fill="none" stroke="${colour}" stroke-width="2"${dashes} ${start} ${end}/>`,
    `<rect x="${pill.x}" y="${pill.y}" width="${pill.width}" height="${pill.height}" rx="13" fill="${colours.surface}" stroke="${colours.line}"/>`,
    label(line.labelX, line.labelY + 4, link.words, colour, 12, 600, 'middle'),
  ];
}

function inkOf(colours: Readonly<Record<Colour, string>>) {
  const by: Record<Tone, string> = {
    good: colours.good,
    warn: colours.warn,
    bad: colours.bad,
    new: colours.accent,
    quiet: colours.muted,
  };
  return (tone: Tone): string => by[tone];
}

function label(
  x: number,
  y: number,
  words: string,
  colour: string,
  size: number,
  weight = 400,
  anchor = 'start',
): string {
  return `<text x="${x}" y="${y}" fill="${colour}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}">${escape(words)}</text>`;
}

const clip = (words: string, most: number): string =>
  words.length > most ? `${words.slice(0, most - 1)}…` : words;

const escape = (words: string): string =>
  words.replace(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign,
  );
