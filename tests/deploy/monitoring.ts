import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const folder = fileURLToPath(new URL('../../deploy/', import.meta.url));
export const ruleFiles = readdirSync(`${folder}prometheus/rules`).map(
  (file) => `${folder}prometheus/rules/${file}`,
);
export const ruleTests = fileURLToPath(new URL('../prometheus/alerts.test.yml', import.meta.url));

export interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  annotations?: { summary: string; runbook: string };
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { type: string; uid: string };
  targets?: { expr: string; refId: string }[];
}

export interface Dashboard {
  uid: string;
  title: string;
  panels: Panel[];
}

export function rules(): Rule[] {
  return ruleFiles.flatMap((file) =>
    (parse(readFileSync(file, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
      ({ rules }) => rules,
    ),
  );
}

/** The dashboards as Grafana loads them, by the name of their file. */
export function dashboards(): Record<string, Dashboard> {
  const files = readdirSync(`${folder}grafana/dashboards`);
  return Object.fromEntries(
    files.map((file) => [
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(`${folder}grafana/dashboards/${file}`, 'utf8')) as Dashboard,
    ]),
  );
}
