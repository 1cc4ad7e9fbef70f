import { z } from 'zod';
import type { CliConfig } from '../config.js';
import { attempt, fail, ok, warn, type Check } from './check.js';

const name = 'schema index';
const leastQdrant = [1, 16] as const;
const defaultPort = '6333';
const timeoutMs = 5_000;

const rootSchema = z.object({ version: z.string() });
const collectionsSchema = z.object({
  result: z.object({ collections: z.array(z.object({ name: z.string() })) }),
});

/** Where retrievers keep the index: Qdrant, asked from this machine, or a file. */
export function checkSchemaIndex({ environment }: CliConfig): Promise<Check> {
  return attempt(
    name,
    'Check QDRANT_URL and QDRANT_API_KEY, and that the server runs and is reached from here.',
    async () => {
      const url = environment['QDRANT_URL'];
      if (url === undefined) return ok(name, 'a file in NANO_HOME of each retriever');
      const ask = (path: string) => answerOf(addressOf(url, path), environment['QDRANT_API_KEY']);
      const { version } = rootSchema.parse(await ask('/'));
      const { result } = collectionsSchema.parse(await ask('/collections'));
      const start = `${environment['QDRANT_COLLECTION'] ?? 'nano'}-`;
      return judgeIndex(
        version,
        result.collections.map((collection) => collection.name).filter((each) => each.startsWith(start)),
      );
    },
  );
}

/** @param collections those of this service */
export function judgeIndex(version: string, collections: readonly string[]): Check {
  const detail = `Qdrant ${version}, ${collections.length > 0 ? collections.toSorted().join(', ') : 'no collection yet'}`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < leastQdrant[0] || (major === leastQdrant[0] && minor < leastQdrant[1]))
    return fail(name, detail, `Use Qdrant ${leastQdrant.join('.')} or later.`);
  if (collections.length === 0)
    return warn(name, detail, 'Add a datasource, or refresh one: the retriever makes its collections then.');
  return ok(name, detail);
}

async function answerOf(url: string, apiKey: string | undefined): Promise<unknown> {
  const response = await fetch(url, {
    headers: apiKey === undefined ? {} : { 'api-key': apiKey },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`Qdrant answered ${response.status}`);
  return response.json();
}

/** A port that is its scheme's own must be read from the text. */
function addressOf(url: string, path: string): string {
  const { protocol, hostname, pathname } = new URL(url);
  const port = /^https?:\/\/[^/?#]*:(\d+)(?=[/?#]|$)/.exec(url)?.[1] ?? defaultPort;
  return `${protocol}//${hostname}:${port}${pathname.replace(/\/+$/, '')}${path}`;
}
