import { readFileSync } from 'node:fs';
import { permanent } from '#shared/errors/app-error';

/** @throws AppError `invalid_request` naming the file */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw permanent('invalid_request', `${file} cannot be read`, { cause });
  }
}

/** @throws AppError `invalid_request` naming the file */
export function readJson(file: string): unknown {
  return parseJson(readText(file), file);
}

export function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError)
      throw permanent('invalid_request', `${place} is not JSON: ${error.message}`);
    throw error;
  }
}
