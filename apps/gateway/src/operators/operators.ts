import { z } from 'zod';
import { KeyDigest, keySchema } from '../http/api-keys.js';

const operatorSchema = z.object({
  // No colon: HTTP Basic ends the name with it.
  name: z.string().regex(/^[\w.@-]{1,64}$/, 'a name has 1 to 64 letters, digits, and . _ @ -'),
  key: keySchema,
});
type Operator = z.infer<typeof operatorSchema>;

/** `ada:key,grace:key`: who may work on the queues. A name belongs to its key: the record of an action rests on it. */
export const operatorKeysSchema = z
  .string()
  .transform((list) => list.split(',').map((text) => readOperator(text.trim())))
  .pipe(z.array(operatorSchema));

function readOperator(text: string): Operator {
  const colon = text.indexOf(':');
  return { name: text.slice(0, Math.max(0, colon)), key: text.slice(colon + 1) };
}

export class Operators {
  private readonly known: { name: string; digest: KeyDigest }[];

  constructor(operators: readonly Operator[]) {
    this.known = operators.map(({ name, key }) => ({ name, digest: new KeyDigest(key) }));
  }

  /**
   * Who sends `Authorization: Basic` of a name and its key; undefined for anybody else. Each known key is compared, whatever is
   * given, so that the time tells nothing.
   */
  nameOf(authorization: string | undefined): string | undefined {
    const encoded = /^Basic ([\w+/=-]+)$/i.exec(authorization ?? '')?.[1] ?? '';
    const { name, key } = readOperator(Buffer.from(encoded, 'base64').toString());
    const withKey = this.known.filter(({ digest }) => digest.isOf(key));
    return withKey.find((operator) => operator.name === name)?.name;
  }
}
