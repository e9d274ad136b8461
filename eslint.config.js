import regexp from 'eslint-plugin-regexp';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import { twoWayOverKinds } from './build/lint/two-way.mjs';

/**
 * Imports go one way: shared ← electron/engine ← electron/app, electron/cli; shared ← renderer. The patterns are
 * matched against what is written in the import, so type-only imports and .svelte files count too.
 */
const from = (message, ...regexes) => ({
  'no-restricted-imports': ['error', { patterns: regexes.map((regex) => ({ regex, message })) }],
});
const home = 'time has one home: electron/engine/base/time.ts, in the window renderer/base/clock.svelte.ts';
const timeOfTheWall = { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: home };
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
    files: ['electron/engine/**/*.ts', 'shared/**/*.ts'],
    ignores: ['**/*.test.ts'],
    extends: [ts.configs.strictTypeCheckedOnly],
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // The compiler asks the same of what is passed on, and interfaces here are written as methods.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Text of servers, files and people meets these expressions: none may take longer than the text is long.
    files: ['shared/**/*.ts', 'electron/**/*.ts', 'renderer/**/*.ts', 'renderer/**/*.svelte'],
    ignores: ['**/*.test.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignorePartial: false }],
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
      '^(fs|path|os|ssh2)$',
      up('(electron|renderer|practice|test)'),
    ),
  },
  {
    files: ['shared/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ...twoWayOverKinds] },
  },
  {
    files: ['electron/engine/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: from('the engine knows no window', electron, svelteLibs, up('(app|cli|renderer|practice|test)')),
  },
  {
    files: ['electron/**/*.ts'],
    ignores: ['**/*.test.ts', 'electron/engine/deploy/steps/service-effects.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.property.name=/^(start|stop|restart)$/][callee.object.property.name='service']",
          message: 'kanidmd is started only by service-effects.ts, which tests the file it will read',
        },
        timeOfTheWall,
        ...twoWayOverKinds,
      ],
    },
  },
  {
    // A clock on the wall is set by people, by NTP and by a machine that wakes up: no duration, limit or age is told by it.
    files: ['electron/engine/**/*.ts', 'renderer/**/*.ts', 'renderer/**/*.svelte'],
    ignores: [
      '**/*.test.ts',
      'electron/engine/base/time.ts',
      'renderer/base/clock.svelte.ts',
      'renderer/dev/**',
    ],
    rules: { 'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: home }] },
  },
  {
    files: ['renderer/**/*.ts', 'renderer/**/*.svelte'],
    ignores: ['**/*.test.ts', 'renderer/dev/**'],
    rules: { 'no-restricted-syntax': ['error', timeOfTheWall, ...twoWayOverKinds] },
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
      'practice/ imports nothing of ours but the rows of versions',
      electron,
      svelteLibs,
      up('(shared(?!/versions/rows$)|electron|renderer|test)'),
    ),
  },
  {
    files: ['practice/**/*.ts', 'test/**/*.ts'],
    ignores: ['practice/host/keys.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[property.name='generateKeyPairSync'][object.property.name='utils']",
          message:
            'one in 256 keys that ssh2 makes is malformed: makeSshKey (practice/host/keys.ts) sorts those out',
        },
      ],
    },
  },
  {
    files: ['renderer/**/*.ts', 'renderer/**/*.svelte'],
    rules: from(
      'the window knows only shared/',
      node,
      electron,
      '^(fs|path|os|ssh2)$',
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
