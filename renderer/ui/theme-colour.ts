import { MediaQuery } from 'svelte/reactivity';

/** What the system can change of the colours while the window is open. */
const system = [
  new MediaQuery('forced-colors: active'),
  new MediaQuery('prefers-contrast: more'),
  new MediaQuery('prefers-color-scheme: dark'),
];

/**
 * A colour of `tokens.css` as a canvas takes it: a canvas has no styles of its own. An effect that reads it runs again when
 * the system's colours change.
 *
 * @param name `--accent`
 */
export function themeColour(name: string): string {
  system.forEach((query) => query.current);
  const probe = document.createElement('span');
  probe.style.setProperty('color', `var(${name})`);
  // What the system forces stands in the tokens already; here it would force the colour of text.
  probe.style.setProperty('forced-color-adjust', 'none');
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** The font of the window, as a canvas takes it. @param pixels its size @param weight 400: as text is */
export const canvasFont = (pixels: number, weight = 400): string => `${weight} ${pixels}px Inter Variable`;

/** How an axis of a chart is drawn, in the colours of the theme that is shown. */
export const axisLook = () => ({
  stroke: themeColour('--muted'),
  grid: { stroke: themeColour('--line'), width: 1 },
  ticks: { show: false },
  font: canvasFont(10),
});
