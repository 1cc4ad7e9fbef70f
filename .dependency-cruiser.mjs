/** Where a library or built-in module may be imported: its adapters, as patterns of paths. Tests may import anything. */
const adapters = {
  bullmq: ['^libs/shared/src/queue/', '^libs/shared/src/tracing/'],
  '@nestjs/bullmq': ['^libs/shared/src/queue/', '^apps/[^/]+/src/[^/]+[.]processor[.]ts$'],
  'bullmq-otel': ['^libs/shared/src/tracing/'],
  '@opentelemetry': ['^libs/shared/src/tracing/', '^apps/gateway/src/queries/query[.]span[.]ts$'],
  ioredis: ['^libs/shared/src/queue/'],
  '@qdrant/js-client-rest': ['^apps/retriever/src/indexing/qdrant/'],
  openai: ['^apps/generator/src/model/', '^apps/retriever/src/embeddings/'],
  pg: [
    '^libs/shared/src/persistence/',
    '^libs/shared/src/queue/queue-backend[.]ts$',
    '^libs/shared/src/telemetry/(health[.]controller|connection[.]observer)[.]ts$',
    '^apps/gateway/src/datasources/postgres[.]connection[.]ts$',
    '^apps/retriever/src/introspection/',
    '^apps/executor/src/sandbox/postgres/',
    '^apps/executor/src/guard/list-postgres-functions[.]ts$',
    '^evaluation/src/execution/postgres-comparer[.]ts$',
  ],
  'pg-cursor': ['^apps/executor/src/sandbox/postgres/', '^evaluation/src/execution/postgres-comparer[.]ts$'],
  mysql2: [
    '^libs/shared/src/databases/',
    '^apps/gateway/src/datasources/mysql[.]connection[.]ts$',
    '^apps/retriever/src/introspection/',
    '^apps/executor/src/sandbox/mysql/',
  ],
  '@polyglot-sql/sdk': [
    '^apps/executor/src/guard/',
    '^apps/generator/src/repair/engine/',
    '^evaluation/src/retrieval/gold-tables[.]ts$',
  ],
  'sqlite-vec': ['^apps/retriever/src/indexing/embedded/'],
  'onnxruntime-node': ['^apps/retriever/src/embeddings/'],
  '@huggingface/tokenizers': ['^apps/retriever/src/embeddings/', '^training/src/check/'],
  '@huggingface/jinja': ['^training/src/check/chat-template/'],
  'libpg-query': ['^apps/executor/src/', '^apps/generator/src/repair/engine/'],
  'better-sqlite3': [
    '^apps/retriever/src/(introspection|indexing)/',
    '^apps/cli/src/doctor/machine[.]ts$',
    '^samples/',
  ],
  'node:sqlite': [
    '^apps/executor/src/sandbox/sqlite/',
    '^apps/generator/src/repair/engine/',
    '^apps/cli/src/embedded/lock[.]ts$',
    '^evaluation/src/(execution|choice)/',
  ],
};
const testSources = '[.](spec|int|e2e|fixture)[.]ts$|/test-support/|^tests/|^bench/';

/** The module as dependency-cruiser resolves it: a file of the package, its types, or the name of a built-in. */
function modulePattern(name) {
  return name.startsWith('node:')
    ? `^(node:)?${name.slice(5)}$`
    : `^node_modules/(@types/)?${name.replace('/', '[/]')}/`;
}

const adapterRules = Object.entries(adapters).map(([name, places]) => ({
  name: `${name}-by-its-adapters-only`,
  comment: `What is particular to ${name} stays behind a port.`,
  severity: 'error',
  from: { pathNot: [...places, testSources] },
  to: { path: modulePattern(name) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one thing, or hide a third one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports and that imports nothing is dead.',
      severity: 'error',
      from: { orphan: true, pathNot: ['/page/', '[.]d[.]ts$', '^bench/executor/echo[.]ts$'] },
      to: {},
    },
    {
      name: 'unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'libs-depend-on-libs',
      comment: 'The library knows nothing of who uses it.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|samples|evaluation|training|bench|tests)/' },
    },
    {
      name: 'apps-apart',
      comment: 'Apps speak through queues, state and HTTP. The command line starts them by name.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'samples-by-the-command-line-only',
      comment: 'The services know no sample.',
      severity: 'error',
      from: { path: '^apps/', pathNot: '^apps/cli/' },
      to: { path: '^samples/' },
    },
    {
      name: 'apps-without-evaluation-and-tests',
      severity: 'error',
      comment: 'One command of the command line is the evaluation, and one the training.',
      from: { path: '^(apps|samples)/', pathNot: '^apps/cli/src/commands/(eval|train)[.]' },
      to: { path: '^(evaluation|training|bench|tests)/', pathNot: '^tests/support/' },
    },
    {
      name: 'test-support-for-tests-only',
      severity: 'error',
      from: { pathNot: testSources },
      to: { path: testSources },
    },
    {
      name: 'evaluation-from-outside',
      comment:
        'The evaluation measures the service as its users see it. Ranks are seen inside of the retriever alone, features of candidates inside of the executor.',
      severity: 'error',
      from: { path: '^evaluation/', pathNot: '^evaluation/src/(retrieval|choice)/' },
      to: { path: '^apps/' },
    },
    {
      name: 'training-on-what-the-service-sends',
      comment:
        'Training uses the retriever and the sandbox themselves: what it learns from is what the service does.',
      severity: 'error',
      from: { path: '^training/' },
      to: { path: '^apps/', pathNot: '^apps/(retriever|executor)/' },
    },
    {
      name: 'evaluation-without-training',
      severity: 'error',
      from: { path: '^evaluation/' },
      to: { path: '^training/' },
    },
    {
      name: 'declared-dependencies-only',
      severity: 'error',
      from: { path: '^(apps|libs|samples)/', pathNot: testSources },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '^node_modules/@types/' },
    },
    ...adapterRules,
  ],
  options: {
    exclude: { path: '^([.][.]/)*dist/' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['nano-source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
