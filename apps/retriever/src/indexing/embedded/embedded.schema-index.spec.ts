import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe } from '@jest/globals';
import { schemaIndexSuite } from '../test-support/schema-index.suite.js';
import { EmbeddedSchemaIndex } from './embedded.schema-index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nano-test-index-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the embedded schema index', () => {
  schemaIndexSuite(() => Promise.resolve(new EmbeddedSchemaIndex(folder)));
});
