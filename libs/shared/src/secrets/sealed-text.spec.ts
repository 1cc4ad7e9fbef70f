import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SealedText } from './sealed-text.js';

const key = () => randomBytes(32).toString('base64');

describe('sealed text', () => {
  const sealer = new SealedText(key());

  it('opens what it sealed, and never seals alike twice', () => {
    const sealed = sealer.seal('postgres://u:secret@h/d', 'a');
    expect(sealed).not.toContain('secret');
    expect(sealer.seal('postgres://u:secret@h/d', 'a')).not.toBe(sealed);
    expect(sealer.open(sealed, 'a')).toBe('postgres://u:secret@h/d');
  });

  it('opens for its own context and key only', () => {
    const sealed = sealer.seal('text', 'a');
    expect(() => sealer.open(sealed, 'b')).toThrow();
    expect(() => new SealedText(key()).open(sealed, 'a')).toThrow();
  });
});
