import type { ChildProgram } from '../src/execution/comparison-child.js';

/** Node runs TypeScript, but does not look for a `.ts` where an import says `.js`. */
const resolveSources = `
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      const relative = specifier.startsWith('.') && specifier.endsWith('.js');
      return next(relative ? specifier.slice(0, -3) + '.ts' : specifier, context);
    },
  });
`;

/** The child as tests run it: from its source, so that no build has to come first. */
export const childFromSource: ChildProgram = {
  module: new URL('../src/execution/child.ts', import.meta.url),
  execArgv: [
    '--no-warnings',
    '--experimental-transform-types',
    '--conditions=source',
    `--import=data:text/javascript,${encodeURIComponent(resolveSources)}`,
  ],
};
