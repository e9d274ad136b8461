/**
 * What may import what, beside the rules of eslint.config.js: `npm run lint` runs dependency-cruiser with it.
 * Type-only imports count for folders and not for files: a type has no order of loading.
 */
export default {
  forbidden: [
    {
      name: 'no-file-circle',
      comment: 'Files that need each other to load work or fail by the order in which they are loaded.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-folder-circle',
      comment: 'A folder is a layer or a part of one: those it imports know nothing of it.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    {
      name: 'transports-stand-alone',
      comment: 'A transport stands on what is common to all; what needs two of them is a folder of its own.',
      severity: 'error',
      from: { path: '^electron/engine/connect/(common|ssh|docker)/' },
      to: {
        path: '^electron/engine/connect/(common|ssh|docker|docker-over-ssh|fake)/',
        pathNot: '^electron/engine/connect/(common|$1)/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['node_modules', '\\.test\\.ts$', '^test/', '^build/', 'electron/engine/connect/fake'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.svelte', '.svelte.ts', '.mjs'] },
  },
};
