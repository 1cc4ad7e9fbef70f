import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const shortestKey = 16;
const lastDay = /@(\d{4}-\d{2}-\d{2})$/;

export interface ApiKey {
  key: string;
  /** From then on it is refused; null where it does not say. */
  expiresAt: Date | null;
}

export const keySchema = z.string().min(shortestKey, `has at least ${shortestKey} characters`);

/** `key,key@2027-03-01`: keys by commas, each with the day, in UTC, from which it is refused, if any. */
export const apiKeysSchema = z
  .string()
  .transform((list) => list.split(',').map((text) => readKey(text.trim())))
  .refine(
    (keys) => keys.every(({ key }) => key.length >= shortestKey),
    `each key has at least ${shortestKey} characters`,
  )
  .refine(
    (keys) => keys.every(({ expiresAt }) => !Number.isNaN(expiresAt?.getTime())),
    'the day that a key ends with is none',
  );

function readKey(text: string): ApiKey {
  const day = lastDay.exec(text)?.[1];
  return {
    key: text.replace(lastDay, ''),
    expiresAt: day === undefined ? null : new Date(`${day}T00:00:00Z`),
  };
}

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
