const shared = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['nano-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist'],
};
export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,samples,tests,evaluation,training,bench}/**/*.spec.ts'],
    },
    { ...shared, displayName: 'integration', testMatch: ['<rootDir>/tests/integration/**/*.int.ts'] },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/tests/e2e/**/*.e2e.ts'] },
    // Against a real vLLM: `npm run test:vllm` alone runs it.
    { ...shared, displayName: 'vllm', testMatch: ['<rootDir>/tests/vllm/**/*.vllm.ts'] },
  ],
};
