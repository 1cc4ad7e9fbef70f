import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

describe('the key that the commands send', () => {
  it.each([
    [{}, undefined],
    [{ NANO_API_KEYS: ' first-key-of-two@2999-01-01 , second-key-of-two' }, 'first-key-of-two'],
    [{ NANO_API_KEYS: 'first-key-of-two', NANO_API_KEY: 'its-own-key' }, 'its-own-key'],
  ])('is, of %j, %s', (environment, key) => {
    expect(readConfig(environment).apiKey).toBe(key);
  });
});
