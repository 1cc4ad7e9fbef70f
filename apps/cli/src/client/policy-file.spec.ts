import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readPolicy } from './policy-file.js';

const folder = mkdtempSync(join(tmpdir(), 'nano-policy-'));
const file = join(folder, 'policy');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const yaml = `
denyColumns: [customers.email]   # who they are is nobody's business
maxCost: 100000
asCaller: { by: role, roles: { ada@example.org: analyst_a } }
`;
const policy = {
  denyColumns: ['customers.email'],
  maxCost: 100_000,
  asCaller: { by: 'role', roles: { 'ada@example.org': 'analyst_a' } },
};

describe('the file of an access policy', () => {
  it.each([
    ['YAML', yaml],
    ['JSON', JSON.stringify(policy)],
  ])('may be %s, and says no more than is written there', async (_, text) => {
    writeFileSync(file, text);
    expect(await readPolicy(file)).toEqual(policy);
  });

  it.each([
    ['denyColumn: [customers.email]', 'denyColumn'],
    ['denyColumns: [email]', 'table.column'],
    ['maxRows: many', 'maxRows'],
    ['denyTables: [', 'cannot be read'],
    ['[]', 'no access policy'],
    ['', 'no access policy'],
  ])('refuses %j and says what is wrong', async (text, reason) => {
    writeFileSync(file, text);
    const refused = readPolicy(file);
    await expect(refused).rejects.toMatchObject({ code: 'usage' });
    await expect(refused).rejects.toThrow(reason);
  });

  it('must be there', async () => {
    await expect(readPolicy(join(folder, 'none'))).rejects.toMatchObject({ code: 'usage' });
  });
});
