const shared = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['nano-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist'],
};

/** A suite whose limits of time another one beside it could break has `timed` in its name, and has the machine to itself. */
const tier = (displayName, folders, kind) => [
  { ...shared, displayName, testMatch: [`<rootDir>/${folders}/**/!(*.timed).${kind}.ts`] },
  {
    ...shared,
    displayName,
    testMatch: [`<rootDir>/${folders}/**/*.timed.${kind}.ts`],
    runner: '<rootDir>/tests/support/in-band.runner.mjs',
  },
];

export default {
  projects: [
    ...tier('unit', '{apps,libs,samples,tests,evaluation,training,bench}', 'spec'),
    ...tier('integration', 'tests/integration', 'int'),
    ...tier('e2e', 'tests/e2e', 'e2e'),
    // Against a real vLLM: `npm run test:vllm` alone runs it.
    { ...shared, displayName: 'vllm', testMatch: ['<rootDir>/tests/vllm/**/*.vllm.ts'] },
  ],
};
