import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { type z } from 'zod';
import { type AccessPolicy, strictPolicySchema } from '#shared/contracts/datasource';
import { describeError } from '#shared/errors/app-error';
import { CliError } from '../cli-error.js';

/**
 * The access policy of a YAML or JSON file, as it is written there: what it leaves out is for the gateway to fill in.
 * @throws CliError `usage`, which names what is wrong; a misspelt entry would protect nothing
 */
export async function readPolicy(file: string): Promise<Partial<AccessPolicy>> {
  const written: unknown = await readFile(file, 'utf8')
    .then((text) => parse(text) as unknown)
    .catch((error: unknown) => {
      throw new CliError('usage', `${file} cannot be read: ${describeError(error)}`, { cause: error });
    });
  const parsed = strictPolicySchema.safeParse(written);
  if (!parsed.success) throw new CliError('usage', `${file} is no access policy: ${faultsOf(parsed.error)}`);
  return written as Partial<AccessPolicy>;
}

function faultsOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => [...path.map(String), message].join(': ')).join('; ');
}
