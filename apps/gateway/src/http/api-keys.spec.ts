import { describe, expect, it } from '@jest/globals';
import { Metrics } from '#shared/telemetry/metrics';
import type { GatewayConfig } from '../config.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { apiKeysSchema } from './api-keys.js';

const lasting = 'a-key-that-lasts-on';
const over = 'a-key-that-was-once';
const coming = 'a-key-that-will-end';
const scraping = 'a-key-for-prometheus';

function guard(metrics = new Metrics()): (key: string, url?: string) => boolean {
  const config = {
    NANO_API_KEYS: apiKeysSchema.parse(`${lasting}, ${over}@2020-02-29,${coming}@2999-01-01`),
    NANO_METRICS_KEY: scraping,
  } as GatewayConfig;
  const sut = new ApiKeyGuard(config, metrics);
  return (key, url = '/v1/queries') =>
    sut.canActivate({
      switchToHttp: () => ({
        getRequest: () => ({ routeOptions: { url }, headers: { authorization: `Bearer ${key}` } }),
      }),
    } as never);
}

describe('API keys', () => {
  it('are taken without their day, until it comes', () => {
    const allows = guard();
    expect(allows(lasting)).toBe(true);
    expect(allows(coming)).toBe(true);
    expect(() => allows(over)).toThrow('The API key was valid until 2020-02-29.');
    expect(() => allows(`${coming}@2999-01-01`)).toThrow(/valid API key/);
  });

  it('show when they end', async () => {
    const metrics = new Metrics();
    guard(metrics);
    const text = await metrics.scrape();
    expect(text).toContain(`nano_api_key_expiry_timestamp_seconds{key="2"} ${Date.UTC(2020, 1, 29) / 1_000}`);
    expect(text).toContain('nano_api_key_expiry_timestamp_seconds{key="3"}');
    expect(text).not.toContain('nano_api_key_expiry_timestamp_seconds{key="1"}');
  });

  it('open the metrics, where one opens nothing else', () => {
    const allows = guard();
    expect(allows(scraping, '/metrics')).toBe(true);
    expect(allows(lasting, '/metrics')).toBe(true);
    expect(() => allows(scraping)).toThrow(/valid API key/);
    expect(() => allows(scraping, '/metrics/x')).toThrow(/valid API key/);
  });

  it.each(['short', 'short@2999-01-01', `${lasting},`, `${lasting}@2999-13-01`])('refuse %s', (list) => {
    expect(apiKeysSchema.safeParse(list).success).toBe(false);
  });
});
