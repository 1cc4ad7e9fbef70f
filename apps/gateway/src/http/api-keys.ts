import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { readApiKeys } from '#shared/config/api-keys';

const shortestKey = 16;

export const keySchema = z.string().min(shortestKey, `has at least ${shortestKey} characters`);

export const apiKeysSchema = z
  .string()
  .transform(readApiKeys)
  .refine(
    (keys) => keys.every(({ key }) => key.length >= shortestKey),
    `each key has at least ${shortestKey} characters`,
  )
  .refine(
    (keys) => keys.every(({ expiresAt }) => !Number.isNaN(expiresAt?.getTime())),
    'the day that a key ends with is none',
  );

/** Compares digests, which have one length, so that a comparison takes one time. */
export class KeyDigest {
  private readonly digest: Buffer;

  constructor(key: string) {
    this.digest = digestOf(key);
  }

  isOf(given: string): boolean {
    return timingSafeEqual(this.digest, digestOf(given));
  }
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
