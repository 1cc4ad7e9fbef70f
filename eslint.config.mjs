import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const testSources = ['**/*.spec.ts', '**/*.fixture.ts', '**/test-support/**', 'tests/**', 'bench/**'];
/** The only code that reads the environment; all else gets its configuration handed in. */
const configurationSources = [
  'libs/shared/src/config/**',
  'apps/cli/src/config.ts',
  'apps/*/src/{main,*.main}.ts',
];

const environmentRule = [
  'error',
  {
    object: 'process',
    property: 'env',
    message: 'Only configuration reads the environment; take a parsed value instead.',
  },
];

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.nano/', '.cache/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Nest modules are classes that hold nothing but their decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      // An adapter that answers at once still keeps its port's promise: `async` turns what it throws into a rejection.
      '@typescript-eslint/require-await': 'off',
      // A type parameter used once still carries the type of a tuple or of parsed JSON to its caller.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Nest declares options as classes and takes them as literals.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'max-lines': ['error', { max: 500 }],
      // PostgreSQL and Unicode count code points, which is what spreading a string gives.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      eqeqeq: ['error', 'always'],
    },
  },
  {
    files: ['{apps,libs,samples,evaluation,training}/**/*.ts'],
    ignores: configurationSources,
    rules: { 'no-restricted-properties': environmentRule },
  },
  {
    files: testSources,
    rules: {
      'no-restricted-properties': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // Empty modules to start an application with, and lists of promises in which one may be missing.
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/await-thenable': 'off',
      // A test fails on the spot where it is wrong about what is there.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // Arithmetic on typed arrays whose indexes are in bounds by construction.
    files: ['libs/shared/src/results/column-order.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['evaluation/src/dashboard/page/*.js'],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: globals.node },
  },
);
