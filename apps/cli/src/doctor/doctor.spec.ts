import { describe, expect, it } from '@jest/globals';
import type { CliConfig } from '../config.js';
import { checkEmbeddings } from './embeddings.js';
import { checkNode } from './machine.js';
import { judge } from './queue.js';
import { describeParts } from './service.js';

describe('the doctor on Node.js', () => {
  it.each([
    ['24.15.0', 'ok'],
    ['25.0.0', 'ok'],
    ['24.14.9', 'fail'],
    ['20.20.2', 'fail'],
  ])('calls %s %s', (version, status) => expect(checkNode(version).status).toBe(status));
});

describe('the doctor on Redis', () => {
  const durable = {
    ...{ version: '7.0.15', maxmemoryPolicy: 'noeviction', hasAof: true, isPersisting: true },
    ...{ evictedKeys: 0, usedBytes: 10, limitBytes: 100 },
  };

  it.each([
    ['a durable server', durable, 'ok'],
    ['one that hides its configuration', { ...durable, maxmemoryPolicy: null }, 'ok'],
    ['one without an append-only file', { ...durable, hasAof: false }, 'warn'],
    ['one that evicts', { ...durable, maxmemoryPolicy: 'allkeys-lru' }, 'fail'],
    ['one that has evicted', { ...durable, evictedKeys: 3 }, 'warn'],
    ['one that is full', { ...durable, usedBytes: 95 }, 'warn'],
    ['one without a limit', { ...durable, limitBytes: 0 }, 'ok'],
    ['one whose disk is full', { ...durable, isPersisting: false }, 'fail'],
    ['an old one', { ...durable, version: '6.0.16' }, 'fail'],
    ['the oldest that will do', { ...durable, version: '6.2.0' }, 'ok'],
  ])('judges %s', (_, facts, status) => expect(judge(facts).status).toBe(status));
});

describe('the doctor on the parts of an app', () => {
  const part = (details: Record<string, unknown>) =>
    describeParts('executor', {
      status: 'ok',
      details: { isolation: { status: 'up', responseTime: 0, ...details } },
    });

  it('says what a part is like, and nothing that is empty', () =>
    expect(part({ level: 'landlock', missing: '' })).toEqual([
      { name: 'executor: isolation', status: 'ok', detail: 'up, level landlock' },
    ]));

  it('warns of isolation that could be better, and says why it is not', () =>
    expect(part({ level: 'limits', missing: 'no compiler' })).toMatchObject([
      { status: 'warn', detail: 'up, level limits, missing no compiler' },
    ]));
});

describe('the doctor on embeddings', () => {
  const check = (environment: Record<string, string>) =>
    checkEmbeddings({ home: '/nowhere', environment } as unknown as CliConfig);

  it('says where words alone find tables', () => {
    expect(check({})).toMatchObject({ status: 'warn', detail: 'none: words alone find tables' });
    expect(check({ EMBEDDINGS_MODEL_DIR: '/nowhere' }).status).toBe('warn');
  });

  it('names the endpoint', () => {
    const environment = { EMBEDDINGS_BASE_URL: 'http://tei/v1', EMBEDDINGS_MODEL: 'mini' };
    expect(check(environment)).toMatchObject({ status: 'ok', detail: 'mini at http://tei/v1' });
  });

  it('keeps what may be secret in its address to itself', () => {
    const environment = {
      EMBEDDINGS_BASE_URL: 'http://ada:secret@tei/v1?key=secret',
      EMBEDDINGS_MODEL: 'mini',
    };
    expect(check(environment)).toMatchObject({ status: 'ok', detail: 'mini at http://tei/v1' });
    expect(check({ EMBEDDINGS_BASE_URL: 'secret' })).toMatchObject({
      status: 'warn',
      detail: 'EMBEDDINGS_BASE_URL is no URL',
    });
  });
});
