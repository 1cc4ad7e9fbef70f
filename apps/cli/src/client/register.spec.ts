import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { connectionOf, policyOf } from './register.js';

describe('what a datasource is registered with', () => {
  it.each([
    ['postgres://u:p@db/x', { dialect: 'postgres', url: 'postgres://u:p@db/x' }],
    ['mysql://u:p@db/x', { dialect: 'mysql', url: 'mysql://u:p@db/x' }],
    ['postgresql://db/x', { dialect: 'postgres', url: 'postgresql://db/x' }],
    ['/data/a.sqlite', { dialect: 'sqlite', file: '/data/a.sqlite' }],
    ['file:///data/a.sqlite', { dialect: 'sqlite', file: '/data/a.sqlite' }],
    ['sqlite:a.db', { dialect: 'sqlite', file: join(process.cwd(), 'a.db') }],
    ['./postgres.db', { dialect: 'sqlite', file: join(process.cwd(), 'postgres.db') }],
  ])('takes %s', (target, connection) => expect(connectionOf(target)).toEqual(connection));

  it('sends only the policy that was asked for', () => {
    expect(policyOf({ sampleValues: true })).toEqual({});
    expect(policyOf({ sampleValues: false, maxRows: 5, denyTables: ['salary'] })).toEqual({
      sampleValues: false,
      maxRows: 5,
      denyTables: ['salary'],
    });
  });
});
