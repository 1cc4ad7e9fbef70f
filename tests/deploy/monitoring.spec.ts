import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Metrics } from '#shared/telemetry/metrics';
import { anchors, readDocument } from '../docs/markdown.js';
import { kubernetesFolder, render } from './kustomize.js';
import { dashboards, type Panel, rules, ruleTests } from './monitoring.js';

/** What `npm run monitoring` would write. */
const sourceOf = async (path: string): Promise<unknown> =>
  import(new URL(`../../deploy/${path}/build.mjs`, import.meta.url).href);
const { dashboards: built } = (await sourceOf('grafana')) as { dashboards: Record<string, object> };
const { ruleManifest } = (await sourceOf('prometheus')) as { ruleManifest: () => object };

const all = rules();
const alerts = all.filter(({ alert }) => alert !== undefined);
const drawn = Object.entries(dashboards());
const asked = drawn.flatMap(([, { panels }]) =>
  panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
);
const expressions = [...all.map(({ expr }) => expr), ...asked];

describe('alerts', () => {
  it.each(alerts)(
    '$alert has its runbook, and a test in which it fires and one in which it is silent',
    ({ alert, annotations }) => {
      const anchor = annotations?.runbook.replace('docs/runbooks.md#', '');
      expect(anchor).toBe(alert?.toLowerCase());
      expect(anchors(readDocument('docs/runbooks.md'))).toContain(anchor);
      const tests = readFileSync(ruleTests, 'utf8');
      expect(tests).toMatch(new RegExp(`alertname: ${alert}, exp_alerts: \\[\\]`));
      expect(tests).toMatch(new RegExp(`alertname: ${alert}\n`));
    },
  );

  it('are all that the runbooks speak of', () => {
    const sections = readDocument('docs/runbooks.md')
      .text.match(/^## .*$/gm)
      ?.map((line) => line.slice(3));
    expect(sections?.sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  });
});

describe('expressions', () => {
  const { registry } = new Metrics();

  /** A histogram has no sample of its own name. */
  function isSample(name: string): boolean {
    const base = name.replace(/_(bucket|sum|count)$/, '');
    const metric = registry.getSingleMetric(name) ?? registry.getSingleMetric(base);
    return metric !== undefined && 'buckets' in metric === (base !== name);
  }

  it.each([...new Set(expressions.flatMap((expr) => expr.match(/\bnano_\w+/g) ?? []))])(
    '%s is a sample',
    (name) => {
      expect(isSample(name)).toBe(true);
    },
  );

  it('name only rules that there are, each of which is used', () => {
    const recorded = all.flatMap(({ record }) => record ?? []);
    const named = new Set(expressions.flatMap((expr) => expr.match(/\bnano:[\w:]+/g) ?? []));
    expect([...named].sort()).toEqual(recorded.sort());
  });

  it('of the autoscalers name samples with the labels that they have', () => {
    const { jobs, oldest } = new Metrics().queues as unknown as Record<string, { labelNames: string[] }>;
    expect([jobs?.labelNames, oldest?.labelNames]).toEqual([['queue', 'state'], ['queue']]);
    const text = ['keda', 'hpa']
      .map((folder) => JSON.stringify(render(join(kubernetesFolder, folder))))
      .join();
    for (const [name] of text.matchAll(/\bnano_\w+/g)) expect(isSample(name)).toBe(true);
  });
});

describe.each(drawn)('the dashboard %s', (name, { uid, panels }) => {
  const charts = panels.filter(({ type }) => type !== 'row' && type !== 'text');

  it('is what its source makes', () => {
    expect(dashboards()[name]).toEqual(JSON.parse(JSON.stringify(built[name])));
    expect(uid).toBe(`nano-${name}`);
  });

  it('asks the Prometheus that is chosen, in every panel', () => {
    for (const { datasource, targets = [] } of charts) {
      expect(datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
      expect(targets.length).toBeGreaterThan(0);
    }
  });

  it('has its panels side by side', () => {
    const covers = (a: Panel, b: Panel) =>
      a.id < b.id &&
      a.gridPos.x < b.gridPos.x + b.gridPos.w &&
      b.gridPos.x < a.gridPos.x + a.gridPos.w &&
      a.gridPos.y < b.gridPos.y + b.gridPos.h &&
      b.gridPos.y < a.gridPos.y + a.gridPos.h;
    expect(panels.filter((one) => panels.some((other) => covers(one, other)))).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(charts.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });
});

it('has the same rules for Prometheus Operator', () => {
  const [rule] = render(join(kubernetesFolder, 'monitoring')).filter(({ kind }) => kind === 'PrometheusRule');
  expect(rule).toMatchObject(ruleManifest());
});
