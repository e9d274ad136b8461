/** Fonts of the first page: Latin, for text and for what a machine says. */
const FIRST = /-latin-wght-normal-[^/]*\.woff2$/;

/**
 * A page asks for its fonts with its scripts; else it does once its text is laid out, and lays it out again when they are there.
 * @returns {import('vite').Plugin}
 */
export function preloadFonts() {
  return {
    name: 'preload-fonts',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) => {
        // The workbench is served without being built.
        if (bundle === undefined) return [];
        const fonts = Object.keys(bundle).filter((name) => FIRST.test(name));
        if (fonts.length === 0) throw new Error('no font has the name that the first page needs');
        return fonts.map((name) => ({
          tag: 'link',
          attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `./${name}` },
          injectTo: 'head',
        }));
      },
    },
  };
}
