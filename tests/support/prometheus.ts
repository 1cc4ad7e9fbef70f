import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './client.js';
import { freePort } from './redis.js';

/** One sample of an answer: its value is a text, `NaN` among others. */
interface Sample {
  metric: Record<string, string>;
  value: [time: number, value: string];
}

interface RuleState {
  name: string;
  health: string;
  lastError?: string;
}

export interface ScrapeTarget {
  job: string;
  /** Origins, as `http://127.0.0.1:9`. */
  urls: string[];
  /** Sent as `Authorization: Bearer`. */
  key?: string;
}

/** A real Prometheus that scrapes and evaluates its rules every second. */
export class TestPrometheus {
  private constructor(
    private readonly url: string,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(
    targets: readonly ScrapeTarget[],
    ruleFiles: readonly string[],
  ): Promise<TestPrometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'nano-test-prometheus-'));
    const file = join(folder, 'prometheus.yml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(configurationOf(targets, ruleFiles)));
    const port = await freePort();
    const server = spawn(
      'prometheus',
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const ended = new Promise((resolve) => server.once('close', resolve));
    const prometheus = new TestPrometheus(`http://127.0.0.1:${port}`, async () => {
      server.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    });
    await until(20_000, 'Prometheus', async () => ((await prometheus.isReady()) ? true : undefined));
    return prometheus;
  }

  /** What the expression gives now. @throws Error with what Prometheus says of it */
  async query(expression: string): Promise<Sample[]> {
    const body = new URLSearchParams({ query: expression });
    const answer = await fetch(`${this.url}/api/v1/query`, { method: 'POST', body });
    const { error, data } = (await answer.json()) as {
      error?: string;
      data?: { resultType: string; result: Sample[] };
    };
    if (!data) throw new Error(`${expression}: ${error}`);
    return data.result;
  }

  /** Whether everything was scraped anew since the time, in milliseconds, and how it went. */
  async scrapedSince(time: number, targets: number): Promise<boolean> {
    const up = await this.query('up == 1');
    const times = await this.query('timestamp(up)');
    return up.length === targets && times.every(({ value }) => Number(value[1]) * 1_000 > time);
  }

  async rules(): Promise<RuleState[]> {
    const answer = await fetch(`${this.url}/api/v1/rules`);
    const { data } = (await answer.json()) as { data: { groups: { rules: RuleState[] }[] } };
    return data.groups.flatMap(({ rules }) => rules);
  }

  private async isReady(): Promise<boolean> {
    const answer = await fetch(`${this.url}/-/ready`).catch(() => null);
    return answer?.ok === true;
  }
}

function configurationOf(targets: readonly ScrapeTarget[], ruleFiles: readonly string[]): object {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ruleFiles,
    scrape_configs: targets.map(({ job, urls, key }) => ({
      job_name: job,
      ...(key !== undefined && { authorization: { credentials: key } }),
      static_configs: [{ targets: urls.map((url) => new URL(url).host) }],
    })),
  };
}
