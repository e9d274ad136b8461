import { canvasFont, themeColour } from '../ui/theme-colour';
import { lineLook, markLooks } from './history-looks';
import type { Mark } from './history-rows';

/** Around everything, and the height of a line of words. Pixels of the screen. */
const PADDING = 12;
const ROW = 18;
const SAMPLE = 26;

/** What a picture of a chart tells beside the chart. */
export interface PictureWords {
  /** What is drawn, of which fleet, and of which time. */
  readonly title: string;
  /** The pulls, in the order of their lines. */
  readonly pulls: readonly string[];
  readonly kinds: readonly Mark['kind'][];
}

/** A chart as a picture that needs no window beside it: with a title, and with what each line and each sign is. */
export function historyPicture(
  chart: HTMLCanvasElement,
  { title, pulls, kinds }: PictureWords,
): HTMLCanvasElement {
  const ratio = devicePixelRatio;
  const [width, height] = [chart.width / ratio, chart.height / ratio];
  const rows = 1 + pulls.length + (kinds.length > 0 ? 1 : 0);
  const picture = document.createElement('canvas');
  picture.width = Math.round((width + 2 * PADDING) * ratio);
  picture.height = Math.round((height + rows * ROW + 3 * PADDING) * ratio);
  const ink = picture.getContext('2d');
  if (ink === null) return chart;
  ink.scale(ratio, ratio);
  ink.fillStyle = themeColour('--sunken');
  ink.fillRect(0, 0, picture.width, picture.height);
  ink.textBaseline = 'middle';
  const room = (left: number): number => width + PADDING - left;
  const write = (text: string, left: number, row: number, colour: string, weight = 400): void => {
    ink.font = canvasFont(12, weight);
    ink.fillStyle = themeColour(colour);
    // What is too long is drawn narrower: nothing is cut.
    ink.fillText(text, left, row + ROW / 2, Math.max(1, room(left)));
  };
  write(title, PADDING, PADDING, '--text', 600);
  ink.drawImage(chart, PADDING, PADDING + ROW, width, height);
  let row = height + 2 * PADDING + ROW;
  for (const [n, pull] of pulls.entries()) {
    const { colour, dash } = lineLook(n);
    ink.strokeStyle = themeColour(colour);
    ink.lineWidth = 2;
    ink.setLineDash([...dash]);
    ink.beginPath();
    ink.moveTo(PADDING, row + ROW / 2);
    ink.lineTo(PADDING + SAMPLE, row + ROW / 2);
    ink.stroke();
    write(pull, PADDING + SAMPLE + 8, row, '--text');
    row += ROW;
  }
  let left = PADDING;
  for (const { sign, colour, words } of kinds.map((kind) => markLooks[kind])) {
    write(sign, left, row, colour);
    write(words, left + 16, row, '--muted');
    left += 32 + ink.measureText(words).width;
  }
  return picture;
}
