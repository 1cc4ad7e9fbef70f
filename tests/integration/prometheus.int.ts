import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ruleFiles, ruleTests } from '../deploy/monitoring.js';

const promtool = (...args: string[]) => execFileSync('promtool', args, { encoding: 'utf8', stdio: 'pipe' });
const configuration = fileURLToPath(new URL('../../deploy/prometheus/prometheus.yml', import.meta.url));

describe('what Prometheus is given', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nano-test-prometheus-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has rules that promtool takes', () => {
    expect(promtool('check', 'rules', '--lint=all', '--lint-fatal', ...ruleFiles)).toContain('SUCCESS');
  });

  it('has alerts that fire where they should, and nowhere else', () => {
    expect(promtool('test', 'rules', ruleTests)).toContain('SUCCESS');
  });

  it('has a configuration with all of them', () => {
    // The key is a secret of the machine that it runs on.
    const text = readFileSync(configuration, 'utf8')
      .replace('/run/secrets/metrics_key', join(folder, 'key'))
      .replace('rules/*.yml', join(dirname(configuration), 'rules/*.yml'));
    writeFileSync(join(folder, 'key'), 'a-key-for-prometheus');
    writeFileSync(join(folder, 'prometheus.yml'), text);
    const told = promtool('check', 'config', join(folder, 'prometheus.yml'));
    expect(told).toContain(`${ruleFiles.length} rule files found`);
  });
});
