/**
 * What `npm run lint` holds against the code beside ESLint: a file, an export or a package that nothing uses, and a package
 * that is used and not listed. Tests count as users: what only they use is exported for them.
 */
export default {
  entry: [
    'practice/{host,kanidmd}/main.ts',
    'renderer/main.ts',
    'renderer/dev/{main,vite.config}.ts',
    'build/**/*.{mjs,cjs}',
    'build/package/pages.ts',
    'test/**/*.ts',
    '**/*.test.ts',
  ],
  project: [
    '{electron,shared,practice,test}/**/*.ts',
    'renderer/**/*.{ts,svelte}',
    'build/**/*.mjs',
    'build/package/*.ts',
  ],
  ignoreExportsUsedInFile: true,
  ignoreDependencies: [
    // By renderer/ui/fonts.css.
    '@fontsource-variable/inter',
    '@fontsource-variable/jetbrains-mono',
    // Started as programs: build/launch.
    'electron-builder',
    // Read as a file by the test of accessibility.
    'axe-core',
  ],
  // Programs of a system, which tests and the launcher start.
  ignoreBinaries: [/.*/],
};
