import { describe, expect, it } from '@jest/globals';
import { checkNode } from './machine.js';
import { judge } from './queue.js';

describe('the doctor on Node.js', () => {
  it.each([
    ['24.15.0', 'ok'],
    ['25.0.0', 'ok'],
    ['24.14.9', 'fail'],
    ['20.20.2', 'fail'],
  ])('calls %s %s', (version, status) => expect(checkNode(version).status).toBe(status));
});

describe('the doctor on Redis', () => {
  const durable = { version: '7.0.15', evictionPolicy: 'noeviction', isAppendOnly: true };

  it.each([
    ['a durable server', durable, 'ok'],
    ['one that hides its configuration', { ...durable, evictionPolicy: null }, 'ok'],
    ['one without an append-only file', { ...durable, isAppendOnly: false }, 'warn'],
    ['one that evicts', { ...durable, evictionPolicy: 'allkeys-lru' }, 'fail'],
    ['an old one', { ...durable, version: '6.0.16' }, 'fail'],
    ['the oldest that will do', { ...durable, version: '6.2.0' }, 'ok'],
  ])('judges %s', (_, facts, status) => expect(judge(facts).status).toBe(status));
});
