import { beforeAll, describe, expect, it } from '@jest/globals';
import { DatabaseSync } from 'node:sqlite';
import { Logger } from '@nestjs/common';
import { Dialect as PolyglotDialect, init, parse } from '@polyglot-sql/sdk';
import { loadModule, parseSync } from 'libpg-query';
import type { Dialect } from '#shared/contracts/datasource';
import { catalogueSchema } from '#shared/models/catalogue';
import { Metrics } from '#shared/telemetry/metrics';
import { extractSql } from '../../apps/generator/src/extraction/extract-sql.js';
import { sqlGrammar } from '../../apps/generator/src/grammar/sql-grammar.js';
import { CatalogueModel } from '../../apps/generator/src/model/catalogue.model.js';
import { vllmServer } from './vllm-server.js';

const { url } = vllmServer();
const tables = ['singer', 'concert'].map((name) => ({
  name,
  columns: ['id', 'name', 'order', 'year of birth'].map((column) => ({ name: column })),
}));
const messages = [{ role: 'user' as const, content: 'Question: How many singers are there?' }];

const readers: Record<Dialect, (sql: string) => void> = {
  sqlite: (sql) => {
    try {
      new DatabaseSync(':memory:').prepare(sql);
    } catch (error) {
      // The parser is done when names are looked up.
      if (!/no such table/.test(String(error))) throw error;
    }
  },
  postgres: (sql) => void parseSync(sql),
  mysql: (sql) => {
    const { success, error } = parse(sql, PolyglotDialect.MySQL) as { success: boolean; error?: string };
    if (!success) throw new Error(error);
  },
};

function open(maxTokens = 4_000, endpoint: object = {}): CatalogueModel {
  const catalogue = catalogueSchema.parse({
    endpoints: [{ name: 'cpu', url, firstTokenMs: 150_000, totalMs: 150_000, ...endpoint }],
    models: [{ name: 'base', maxTokens }],
  });
  return new CatalogueModel(catalogue, new Metrics());
}

beforeAll(async () => {
  Logger.overrideLogger(false);
  await Promise.all([init(), loadModule()]);
});

describe.each(['sqlite', 'postgres', 'mysql'] as const)('a grammar of %s', (dialect) => {
  it('has a model of random weights write statements that parse', async () => {
    const reply = await open().reply(messages, {
      purpose: 'first',
      dialect,
      samples: 32,
      signal: AbortSignal.timeout(150_000),
      grammar: sqlGrammar(dialect, tables)!,
    });
    expect(reply.constrained).toBe(true);
    // The grammar also allows what prompts ask for in place of SQL.
    const statements = reply.texts.filter((text) => !/^(?:CLARIFY|NOT_ANSWERABLE): /.test(text));
    expect(statements.length).toBeGreaterThanOrEqual(20);
    const unread = statements.flatMap((text) => {
      try {
        readers[dialect](extractSql(text) ?? text);
        return [];
      } catch (error) {
        return [{ text, problem: String(error) }];
      }
    });
    expect(unread).toEqual([]);
  });
});

describe('a grammar that vLLM cannot read', () => {
  it('is left out, and the question answered without', async () => {
    const reply = await open(64, { grammar: true }).reply(messages, {
      purpose: 'first',
      dialect: 'sqlite',
      samples: 1,
      signal: AbortSignal.timeout(150_000),
      grammar: 'root ::= nowhere',
    });
    expect(reply.constrained).toBe(false);
    expect(reply.texts).toHaveLength(1);
  });
});
