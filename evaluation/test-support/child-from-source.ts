import type { ChildProgram } from '../src/execution/comparison-child.js';

const sharedSources = new URL('../../libs/shared/src/', import.meta.url).href;

/** Node runs TypeScript, but does not look for a `.ts` where an import says `.js` or names the built library. */
const resolveSources = `
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      const shared = specifier.replace(/^#shared\\/(.*)$/, '${sharedSources}$1.ts');
      return next(shared.replace(/^(\\..*)\\.js$/, '$1.ts'), context);
    },
  });
`;

/** The child as tests run it: from its source, so that no build has to come first. */
export const childFromSource: ChildProgram = {
  module: new URL('../src/execution/child.ts', import.meta.url),
  execArgv: [
    '--no-warnings',
    '--experimental-transform-types',
    `--import=data:text/javascript,${encodeURIComponent(resolveSources)}`,
  ],
};
