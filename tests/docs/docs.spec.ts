import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import type { Command } from 'commander';
import { z } from 'zod';
import { candidateOutcomes, tracebackClasses } from '#shared/contracts/attempt';
import { checkOutcomes } from '#shared/contracts/check';
import { accessPolicySchema, datasourceStatuses } from '#shared/contracts/datasource';
import {
  appProcessSchema,
  databaseFactsSchema,
  datasourceFactsSchema,
  diagnosticsSchema,
  queueFactsSchema,
  redisFactsSchema,
} from '#shared/contracts/diagnostics';
import { createQuerySchema, queryStatuses } from '#shared/contracts/query';
import { errorCatalogue } from '#shared/errors/catalogue';
import { Metrics } from '#shared/telemetry/metrics';
import { baselineSchema } from '../../apps/baseline/src/config.js';
import { cliErrors } from '../../apps/cli/src/cli-error.js';
import { cliEnvironmentSchema } from '../../apps/cli/src/config.js';
import { createProgram } from '../../apps/cli/src/program.js';
import { executorSchema } from '../../apps/executor/src/config.js';
import { gatewaySchema } from '../../apps/gateway/src/config.js';
import { ChecksController } from '../../apps/gateway/src/checks/checks.controller.js';
import { DiagnosticsController } from '../../apps/gateway/src/diagnostics/diagnostics.controller.js';
import { DescriptionsController } from '../../apps/gateway/src/descriptions/descriptions.controller.js';
import { ExamplesController } from '../../apps/gateway/src/examples/examples.controller.js';
import { FeedbackController } from '../../apps/gateway/src/feedback/feedback.controller.js';
import { QueryFeedbackController } from '../../apps/gateway/src/feedback/query-feedback.controller.js';
import { OperatorActionsController } from '../../apps/gateway/src/operators/operator-actions.controller.js';
import { DatasourcesController } from '../../apps/gateway/src/datasources/datasources.controller.js';
import { ConversationsController } from '../../apps/gateway/src/queries/conversations.controller.js';
import { QueriesController } from '../../apps/gateway/src/queries/queries.controller.js';
import { RowsController } from '../../apps/gateway/src/queries/rows.controller.js';
import { generatorSchema } from '../../apps/generator/src/config.js';
import { recordedSchema } from '../../apps/recorded/src/config.js';
import { retrieverSchema } from '../../apps/retriever/src/config.js';
import packageJson from '#package.json' with { type: 'json' };
import {
  allDocuments,
  anchors,
  codeLines,
  codeRows,
  firstCells,
  placeOf,
  readDocument,
  relativeLinks,
  section,
} from './markdown.js';

const documents = allDocuments();
const api = readDocument('docs/api.md');
const errors = readDocument('docs/errors.md');
const configuration = readDocument('docs/configuration.md');

describe('the API', () => {
  it('documents every status of a query', () => {
    expect(firstCells(section(api, 'Statuses'))).toEqual([...queryStatuses]);
  });

  it('documents every request', () => {
    const first = api.text.slice(0, api.text.indexOf('\n## '));
    const served = [
      QueriesController,
      RowsController,
      ConversationsController,
      DatasourcesController,
      DescriptionsController,
      ExamplesController,
      ChecksController,
      QueryFeedbackController,
      FeedbackController,
      DiagnosticsController,
      OperatorActionsController,
    ].flatMap(requestsOf);
    expect(firstCells(first).sort()).toEqual(served.sort());
  });

  it('documents every field of a question, every limit of a policy, every outcome', () => {
    expect(firstCells(section(api, 'Ask'))).toEqual(Object.keys(createQuerySchema.shape));
    const limits = codeRows(section(api, 'Datasources')).map(([name]) => name);
    for (const name of ['sampleValues', 'maxRows', 'maxBytes', 'timeoutMs'])
      expect(Object.keys(accessPolicySchema.shape)).toContain(name);
    for (const name of Object.keys(accessPolicySchema.shape))
      expect(limits.includes(name) || api.text.includes(`\`${name}\``)).toBe(true);
    expect(firstCells(section(api, 'Checks'))).toEqual([...checkOutcomes]);
    expect(firstCells(section(api, 'Diagnostics'))).toEqual(Object.keys(diagnosticsSchema.shape));
    for (const schema of [
      databaseFactsSchema,
      redisFactsSchema,
      queueFactsSchema,
      appProcessSchema,
      datasourceFactsSchema,
    ])
      for (const field of Object.keys(schema.shape))
        expect(section(api, 'Diagnostics')).toContain(`\`${field}\``);
    for (const word of [...candidateOutcomes, ...datasourceStatuses])
      expect(api.text).toContain(`\`${word}\``);
  });
});

describe('errors', () => {
  it('lists every code as the catalogue has it', () => {
    const expected = Object.entries(errorCatalogue).map(([code, { http, stage, meaning, mend }]) => [
      code,
      http === null ? '–' : String(http),
      stage ?? 'any',
      meaning,
      mend,
    ]);
    expect(codeRows(section(errors, 'Codes'))).toEqual(expected);
  });

  it('lists every class of traceback', () => {
    expect(firstCells(section(errors, 'Tracebacks'))).toEqual([...tracebackClasses]);
  });

  it('lists every code of the command line', () => {
    const expected = Object.entries(cliErrors).map(([code, mend]) => [code, mend]);
    const rows = codeRows(section(errors, 'Command line')).filter(([code]) => code !== 'configuration');
    expect(rows).toEqual(expected);
  });
});

describe('configuration', () => {
  const apps: Record<string, z.ZodObject[]> = {
    Gateway: [gatewaySchema],
    Retriever: [retrieverSchema],
    Generator: [generatorSchema],
    Executor: [executorSchema],
  };
  const places: Record<string, z.ZodObject[]> = {
    'Every application': Object.values(apps).flat(),
    'Gateway, retriever, executor': [gatewaySchema, retrieverSchema, executorSchema],
    'Retriever and executor': [retrieverSchema, executorSchema],
    ...apps,
    Baseline: [baselineSchema],
    'Recorded model': [recordedSchema],
    'Command line': [cliEnvironmentSchema],
  };
  const documented = Object.entries(places).flatMap(([heading, readers]) =>
    codeRows(section(configuration, heading))
      .filter(([name]) => /^[A-Z_]+$/.test(name))
      .map(([name, value]) => ({ name, value, readers })),
  );

  it('documents every variable of every application', () => {
    const read = new Set(
      Object.values(places).flatMap((schemas) => schemas.flatMap(({ shape }) => Object.keys(shape))),
    );
    expect([...new Set(documented.map(({ name }) => name))].sort()).toEqual([...read].sort());
  });

  it.each(Object.values(apps).flat())('documents each where its application is named', ({ shape }) => {
    for (const name of Object.keys(shape)) {
      const places = documented.filter(
        (row) => row.name === name && row.readers.some((reader) => reader.shape === shape),
      );
      expect({ name, places: places.length }).toEqual({ name, places: 1 });
    }
  });

  it.each(documented)('says the default of $name', ({ name, value, readers }) => {
    for (const { shape } of readers) expect(value).toBe(defaultOf(shape, name));
  });
});

describe('metrics', () => {
  it('documents every metric with its type and labels', async () => {
    const metrics = new Metrics();
    const registered = (await metrics.registry.getMetricsAsJSON()).filter(({ name }) =>
      name.startsWith('nano_'),
    );
    const expected = registered.map((metric) => {
      const { labelNames = [] } = metrics.registry.getSingleMetric(metric.name) as { labelNames?: string[] };
      return [metric.name, String(metric.type), labelNames.map((label) => `\`${label}\``).join(', ')];
    });
    const rows = codeRows(section(readDocument('docs/metrics.md'), "The service's"));
    expect(rows.map((row) => row.slice(0, 3))).toEqual(expected);
  });

  it('are called by names that exist wherever they are named', () => {
    const metrics = new Metrics();
    for (const { text } of documents)
      for (const [name] of text.matchAll(/\bnano_[a-z_]*[a-z]\b/g))
        expect(metrics.registry.getSingleMetric(name)).toBeDefined();
  });
});

describe('commands', () => {
  const program = createProgram();
  const known = leaves(program);

  it('documents every command with its options', () => {
    const rows = codeRows(readDocument('docs/cli.md').text).filter(([name]) => name.startsWith('./nano '));
    const documented = rows.map(([name, , options = '']) => [
      name.slice('./nano '.length),
      [...options.matchAll(/`(--[a-z-]+)`/g)].map(([, option]) => option).sort(),
    ]);
    const expected = [...known].map(([name, options]) => [name, [...options].sort()]);
    expect(documented.sort()).toEqual(expected.sort());
  });

  it.each(documents)('$path names commands and options that exist', ({ text }) => {
    for (const line of codeLines(text)) {
      const used = /\.\/nano (?<command>[a-z].*)$/.exec(line)?.groups?.['command'];
      if (used !== undefined) expectKnown(used);
      const script = /\bnpm run ([\w:]+)/.exec(line)?.[1];
      if (script !== undefined) expect(Object.keys(packageJson.scripts)).toContain(script);
    }
  });

  it('is what the mends of errors name', () => {
    const mends = [...Object.values(errorCatalogue).map(({ mend }) => mend), ...Object.values(cliErrors)];
    for (const mend of mends)
      for (const [, used = ''] of mend.matchAll(/`\.\/nano ([a-z][^`]*)`/g)) expectKnown(used);
  });

  function expectKnown(used: string): void {
    const words = used.split(/[^a-z]+/);
    const names = [3, 2, 1].map((count) => words.slice(0, count).join(' '));
    const isGroup = [...known.keys()].some((name) => name.startsWith(`${words.join(' ').trim()} `));
    const options = names.map((name) => known.get(name)).find((found) => found !== undefined);
    expect({ used, isKnown: isGroup || options !== undefined }).toEqual({ used, isKnown: true });
    const [own = ''] = used.split(/[|#]/);
    for (const [option] of own.matchAll(/(?<= )--[a-z][a-z-]+/g))
      expect([...(options ?? []), '--help']).toContain(option);
  }
});

describe('links', () => {
  it.each(documents)('of $path lead somewhere', (document) => {
    for (const { target, anchor } of relativeLinks(document)) {
      expect({ target, exists: existsSync(placeOf(target)) }).toEqual({ target, exists: true });
      if (anchor !== undefined) expect(anchors(readDocument(target))).toContain(anchor);
    }
  });
});

/** `GET /v1/queries/{id}` for every route of a controller. */
function requestsOf(controller: new (...args: never[]) => object): string[] {
  const base = Reflect.getMetadata('path', controller) as string;
  const handlers = Object.values(Object.getOwnPropertyDescriptors(controller.prototype)).map(
    ({ value }) => value as object,
  );
  return handlers
    .filter((handler) => Reflect.hasMetadata('method', handler))
    .map((handler) => {
      const method = RequestMethod[Reflect.getMetadata('method', handler) as RequestMethod];
      const path = `/${base}/${Reflect.getMetadata('path', handler) as string}`.replace(/\/+$/, '');
      return `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
    });
}

/** What the documents call a variable's default. */
function defaultOf(shape: z.ZodObject['shape'], name: string): string {
  const parsed = z.safeParse(shape[name] ?? z.never(), undefined);
  if (!parsed.success) return name in shape ? 'required' : 'is not read here';
  return parsed.data === undefined ? 'unset' : `\`${String(parsed.data).replace(homedir(), '~')}\``;
}

/** Every command that can be run, as `datasource add`, with its options. */
function leaves(command: Command, above: string[] = []): Map<string, Set<string>> {
  const entries = command.commands.flatMap((child): [string, Set<string>][] => {
    const name = [...above, child.name()];
    const below = leaves(child, name);
    const options = new Set(child.options.map(({ long }) => long ?? ''));
    // What only groups others has no options of its own.
    return below.size > 0 && options.size === 0 ? [...below] : [[name.join(' '), options], ...below];
  });
  return new Map(entries);
}
