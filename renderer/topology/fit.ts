/** How the whole fleet is brought into sight: never larger than life, clear of the buttons in the corners. */
export const FIT = {
  maxZoom: 1,
  padding: { top: '60px', right: '48px', bottom: '60px', left: '48px' },
} as const;
