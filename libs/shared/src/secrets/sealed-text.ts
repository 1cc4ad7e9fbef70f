import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const version = 'v1';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Seals and opens secrets with AES-256-GCM. `context` is bound to the sealed text: a text sealed
 * for one datasource does not open as another's.
 */
export class SealedText {
  private readonly key: Buffer;

  /** @param masterKey 32 bytes in base64 */
  constructor(masterKey: string) {
    this.key = Buffer.from(masterKey, 'base64');
  }

  seal(text: string, context: string): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${version}:${sealed.toString('base64')}`;
  }

  /** @throws Error when the key is another one, or the text or context was changed */
  open(sealed: string, context: string): string {
    const bytes = Buffer.from(sealed.slice(version.length + 1), 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, nonceBytes));
    decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-tagBytes));
    const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  }
}
