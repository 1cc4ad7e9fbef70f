import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const version = 'v1';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Seals and opens secrets with AES-256-GCM. `context` is bound to the sealed text: a text sealed
 * for one datasource does not open as another's. What a previous key sealed still opens; nothing is sealed with it.
 */
export class SealedText {
  private readonly key: Buffer;
  private readonly previousKey: Buffer | undefined;

  /** Keys are 32 bytes in base64. */
  constructor(masterKey: string, previousKey?: string) {
    this.key = Buffer.from(masterKey, 'base64');
    this.previousKey = previousKey === undefined ? undefined : Buffer.from(previousKey, 'base64');
  }

  seal(text: string, context: string): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${version}:${sealed.toString('base64')}`;
  }

  /** @throws Error when the key is neither of the two, or the text or context was changed */
  open(sealed: string, context: string): string {
    try {
      return openWith(this.key, sealed, context);
    } catch (error) {
      if (this.previousKey === undefined) throw error;
      return openWith(this.previousKey, sealed, context);
    }
  }

  /**
   * The same text sealed with the current key; undefined when it is already.
   * @throws Error as `open` does
   */
  reseal(sealed: string, context: string): string | undefined {
    try {
      openWith(this.key, sealed, context);
      return undefined;
    } catch {
      return this.seal(this.open(sealed, context), context);
    }
  }
}

function openWith(key: Buffer, sealed: string, context: string): string {
  const bytes = Buffer.from(sealed.slice(version.length + 1), 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes));
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-tagBytes));
  const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
  return Buffer.concat([text, decipher.final()]).toString('utf8');
}
