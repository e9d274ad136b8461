/** How the whole fleet is brought into sight: never larger than life, clear of the buttons in the corners. */
export const FIT = {
  maxZoom: 1,
  // Smaller, no text on it would be read: what does not fit is found by moving the canvas.
  minZoom: 0.5,
  padding: { top: '56px', right: '24px', bottom: '56px', left: '24px' },
} as const;
