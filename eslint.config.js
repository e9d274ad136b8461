import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/**
 * Imports go one way: shared ← electron/engine ← electron/app, electron/cli; shared ← renderer. The patterns are
 * matched against what is written in the import, so type-only imports and .svelte files count too.
 */
const from = (message, ...regexes) => ({
  'no-restricted-imports': ['error', { patterns: regexes.map((regex) => ({ regex, message })) }],
});
const node = '^node:';
const electron = '^electron($|/)';
const svelteLibs = '^(svelte|@xyflow|bits-ui|@lucide|virtua|uplot)($|/)';
const up = (folder) => `^(\\.\\./)+${folder}(/|$)`;

export default ts.config(
  { ignores: ['out/', 'dist/', 'node_modules/', 'test/recorded/'] },
  ...ts.configs.strict,
  ...svelte.configs['flat/recommended'],
  {
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-globals': ['error', 'event', 'name'],
      eqeqeq: ['error', 'always'],
      'max-lines': ['warn', { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.ts', '**/*.svelte'],
    languageOptions: { parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: { 'no-undef': 'off' },
  },
  {
    files: ['shared/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: from(
      'shared/ is pure',
      node,
      electron,
      svelteLibs,
      '^(fs|path|os|ssh2|dockerode)$',
      up('(electron|renderer|practice|test)'),
    ),
  },
  {
    files: ['electron/engine/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: from('the engine knows no window', electron, svelteLibs, up('(app|cli|renderer|practice|test)')),
  },
  {
    files: ['electron/cli/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: from(
      'the command line is the engine without a window',
      electron,
      svelteLibs,
      up('(app|renderer|practice|test)'),
    ),
  },
  {
    files: ['electron/app/**/*.ts', 'electron/preload.ts'],
    ignores: ['**/*.test.ts'],
    rules: from('the app does not reach into the window', svelteLibs, up('(cli|renderer|practice|test)')),
  },
  {
    files: ['practice/**/*.ts'],
    rules: from(
      'practice/ imports nothing of ours',
      electron,
      svelteLibs,
      up('(shared|electron|renderer|test)'),
    ),
  },
  {
    files: ['renderer/**/*.ts', 'renderer/**/*.svelte'],
    rules: from(
      'the window knows only shared/',
      node,
      electron,
      '^(fs|path|os|ssh2|dockerode)$',
      up('(electron|practice|test)'),
    ),
  },
  {
    files: ['build/**/*.mjs', '*.config.js'],
    ...ts.configs.disableTypeChecked,
  },
  {
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: { 'max-lines': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
