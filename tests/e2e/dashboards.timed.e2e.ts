import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CreateQuery } from '#shared/contracts/query';
import { testCertificate } from '#shared/telemetry/test-support/certificate';
import { dashboards, ruleFiles } from '../deploy/monitoring.js';
import { cleanups } from '../support/cleanups.js';
import { ApiClient, until } from '../support/client.js';
import type { DescribedApi } from '../support/described-api.js';
import { TestPrometheus } from '../support/prometheus.js';
import { startRedis } from '../support/redis.js';
import { type Behaviour, type Script, startScriptedModel } from '../support/scripted-model.js';
import { startService } from '../support/service.js';
import { countPeople, endlessSql } from '../support/small-database.js';
import type { Stack } from '../support/stack.js';
import { startTlsFront } from '../support/tls-front.js';

const key = 'a-key-of-the-clients';
const metricsKey = 'a-key-of-prometheus';
/** Longer than the test: what happened at its start counts in every rate. */
const rateInterval = '5m';

/** What the model says to a question, by a word in it, at its first attempt; afterwards it is right. */
const said: Record<string, Behaviour> = {
  corrected: { texts: ['SELECT nothing_like_it FROM person'] },
  mended: { texts: ['SELECT count(*) AS n FROM persn'] },
  forbidden: { texts: ["SELECT load_extension('x') FROM person"] },
  endless: { texts: [endlessSql] },
  several: { texts: [countPeople.sql, countPeople.sql, 'SELECT count(*) + 1 AS n FROM person'] },
  overloaded: { status: 500 },
  refused: { status: 401 },
  unclear: { texts: ['CLARIFY: Which people?'] },
  unanswerable: { texts: ['NOT_ANSWERABLE: There is no weather here.'] },
};

/** Each question fails once in its way, and is answered when it comes again. */
function script(): Script {
  const seen = new Set<string>();
  return ({ question }) => {
    const [, behaviour] = Object.entries(said).find(([word]) => question.includes(word)) ?? [];
    const lasts = /refused|unclear|unanswerable|several/.test(question);
    if (!behaviour || (seen.has(question) && !lasts)) return { texts: [countPeople.sql] };
    seen.add(question);
    return behaviour;
  };
}

describe('Prometheus on a stack under load', () => {
  const cleanup = cleanups();
  let prometheus: TestPrometheus;
  let stack: Stack;
  let api: DescribedApi;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nano-test-dashboards-'));
    cleanup(() => rmSync(folder, { recursive: true, force: true }));
    const redis = await startRedis('--appendonly', 'yes');
    cleanup(() => redis.stop());
    const model = await startScriptedModel(script());
    model.vllm = { grammar: 'ignored', models: ['scripted'], loadable: {}, waiting: 2 };
    const front = await startTlsFront(Number(new URL(model.url).port));
    cleanup(() => front.stop());
    ({ api, stack } = await startService(cleanup, {
      queue: redis,
      model,
      environment: {
        NANO_API_KEYS: `${key}@2999-01-01`,
        NANO_METRICS_KEY: metricsKey,
        LLM_BASE_URL: '',
        LLM_MODEL: '',
        MODELS_FILE: writeCatalogue(folder, front.port),
        NODE_EXTRA_CA_CERTS: writeFile(folder, 'ca.pem', testCertificate.cert),
      },
      headers: { Authorization: `Bearer ${key}` },
      policy: { timeoutMs: 400, denyTables: ['city'] },
    }));
    const targets = [
      { job: 'gateway', urls: [stack.url], key: metricsKey },
      ...(['retriever', 'generator', 'executor'] as const).map((job) => ({
        job,
        urls: stack.all(job).map(({ url }) => url),
      })),
      { job: 'vllm', urls: [model.url] },
    ];
    prometheus = await TestPrometheus.start(targets, ruleFiles);
    cleanup(() => prometheus.stop());
    // What comes with its first count has no rate before its second: hence twice, with a scrape between.
    for (const round of [1, 2]) {
      await load(round);
      const ended = Date.now();
      await until(20_000, 'a scrape of everything', async () =>
        (await prometheus.scrapedSince(ended, targets.length)) ? true : undefined,
      );
    }
  });

  async function load(round: number): Promise<void> {
    const ask = (question: string, more: Partial<CreateQuery> = {}) =>
      api.answer({ question: `${question} (${round})`, ...more });
    await api.request('POST', '/v1/datasources/small/examples', {
      question: `How many people are known? (${round})`,
      sql: countPeople.sql,
    });
    const [first, second] = await Promise.all([
      ask('How many people?'),
      ask('How many people, once more?'),
      ask('How many people are known?'),
      ask('How many people, corrected?'),
      ask('How many people, mended?'),
      ask('How many people, forbidden?'),
      ask('How many people, endless?'),
      ask('How many people, in several ways?', { candidates: 3 }),
      ask('How many people, while it is overloaded?'),
      ask('How many people, refused?'),
      ask('How many people, unclear?'),
      ask('How many people, unanswerable?'),
      ask('How many people, forbidden for good?', { maxCorrections: 0 }),
      check(['SELECT name FROM person', 'SELECT * FROM city']),
    ]);
    for (const [query, decision] of [
      [first, 'approve'],
      [second, 'reject'],
    ] as const) {
      const path = `/v1/queries/${query.id}/feedback`;
      const { body } = await api.request<{ id: string }>('POST', path, { verdict: 'good' });
      await api.request('POST', `/v1/feedback/${body.id}/${decision}`);
    }
  }

  async function check(statements: string[]): Promise<void> {
    const { body } = await api.request<{ id: string }>('POST', '/v1/checks', {
      datasource: 'small',
      statements,
    });
    await until(20_000, 'the check', async () => {
      const { status } = (await api.request<{ status: string }>('GET', `/v1/checks/${body.id}`)).body;
      return status === 'open' ? undefined : true;
    });
  }

  const expressions = Object.entries(dashboards()).flatMap(([dashboard, { panels }]) =>
    panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ dashboard, title, expr }))),
  );

  it.each(expressions)('has data for $dashboard, $title: $expr', async ({ expr }) => {
    const asked = expr.replaceAll('$__rate_interval', rateInterval);
    // Recorded rules come a moment after what they are made of.
    const values = await until(10_000, asked, async () => {
      const found = (await prometheus.query(asked)).map(({ value }) => Number(value[1]));
      return found.some(Number.isFinite) ? found : undefined;
    });
    expect(values.length).toBeGreaterThan(0);
  });

  it('evaluates every rule', async () => {
    const rules = await until(10_000, 'every rule', async () => {
      const all = await prometheus.rules();
      return all.every(({ health }) => health !== 'unknown') ? all : undefined;
    });
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(rules.length).toBeGreaterThan(25);
  });

  it('alerts of nothing that is well', async () => {
    const well =
      'NanoApplicationAway|NanoQueueAway|NanoRedis.*|NanoBreakerOpen|NanoPoolExhausted|Nano.*Expires';
    await until(10_000, 'no alert', async () =>
      (await prometheus.query(`ALERTS{alertname=~"${well}"}`)).length === 0 ? true : undefined,
    );
    // An app that does not look at the queue has nothing to say of it.
    expect((await prometheus.query('nano_queue_up')).map(({ metric }) => metric['job'])).toEqual(['gateway']);
  });

  it('sees what happened', async () => {
    const one = async (expression: string) => Number((await prometheus.query(expression))[0]?.value[1]);
    expect(await one('sum(nano_queries_accepted_total)')).toBe(26);
    expect(await one('sum(nano_queries_ended_total)')).toBe(26);
    expect(await one('sum(nano_query_duration_seconds_count)')).toBe(26);
    expect(await one('sum(nano_queries_ended_total{code="model_refused"})')).toBe(2);
    expect(await one('sum(nano_dead_letters_total{queue="generate",code="model_refused"})')).toBe(2);
    expect(await one('sum(nano_sandbox_kills_total{reason="timeout"})')).toBe(2);
    expect(await one('sum(nano_sandbox_refusals_total{class="policy"})')).toBeGreaterThanOrEqual(4);
    expect(await one('sum(nano_example_answers_total)')).toBe(2);
    expect(await one('sum(nano_feedback_reviews_total)')).toBe(4);
    expect(await one('nano_redis_aof_enabled * nano_redis_noeviction')).toBe(1);
    expect(await one('max(nano_queue_jobs{state="failed"})')).toBeGreaterThanOrEqual(2);
    expect(await one('sum(nano_model_gpu_seconds_total)')).toBeGreaterThan(0);
  });

  it('opens the metrics of the gateway to its key, and nothing else', async () => {
    const scraper = new ApiClient(stack.url, { Authorization: `Bearer ${metricsKey}` });
    expect((await scraper.request('GET', '/metrics')).status).toBe(200);
    expect((await scraper.request('GET', '/v1/datasources')).status).toBe(401);
  });
});

function writeFile(folder: string, name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

function writeCatalogue(folder: string, port: number): string {
  const catalogue = {
    endpoints: [{ name: 't4', url: `https://localhost:${port}/v1` }],
    models: [{ name: 'scripted', gpuSeconds: { prompt: 0.2, completion: 12 } }],
  };
  return writeFile(folder, 'models.json', JSON.stringify(catalogue));
}
