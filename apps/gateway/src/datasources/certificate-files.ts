import { stat } from 'node:fs/promises';
import { describeError, permanent } from '#shared/errors/app-error';

const parameters = ['sslcert', 'sslkey', 'sslrootcert'];

/** The driver reads these files while everything else waits: from a named pipe, for ever. */
export async function checkCertificateFiles(url: string): Promise<void> {
  for (const parameter of parameters) {
    const file = new URL(url).searchParams.get(parameter);
    if (file === null) continue;
    const found = await stat(file).catch((error: unknown) => {
      throw permanent('invalid_request', `connection.url: ${parameter}: ${describeError(error)}`);
    });
    if (!found.isFile()) throw permanent('invalid_request', `connection.url: ${parameter} is no file.`);
  }
}
