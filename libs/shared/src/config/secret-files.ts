import { readFileSync } from 'node:fs';

type Environment = Readonly<Record<string, string | undefined>>;

/** What may lie in a file that `<name>_FILE` names, as Compose and Kubernetes mount secrets. */
export const secretNames = [
  'DATABASE_URL',
  'QUEUE_URL',
  'NANO_MASTER_KEY',
  'NANO_MASTER_KEY_PREVIOUS',
  'NANO_API_KEYS',
  'NANO_API_KEY',
  'NANO_METRICS_KEY',
  'NANO_OPERATOR_KEYS',
  'LLM_API_KEY',
  'QDRANT_API_KEY',
  'EMBEDDINGS_API_KEY',
] as const;

/** Unset where the file is missing or empty: manifests name it for those who have one and those who have not. */
const optionalNames: readonly string[] = ['NANO_OPERATOR_KEYS', 'NANO_MASTER_KEY_PREVIOUS'];

/**
 * The environment with the content of each named file in place of its name; white space around it is not part of it.
 * A problem is one line that names the variable, never what the file holds.
 */
export function readSecretFiles(environment: Environment): { environment: Environment; problems: string[] } {
  const problems: string[] = [];
  const named = secretNames.filter((name) => environment[`${name}_FILE`]);
  const read = Object.fromEntries(
    Object.entries(environment).filter(([name]) => !secretNames.some((secret) => name === `${secret}_FILE`)),
  );
  for (const name of named) {
    const file = environment[`${name}_FILE`] ?? '';
    if (environment[name]) problems.push(`${name}: is set, and so is ${name}_FILE`);
    else read[name] = readSecret(name, file, problems);
  }
  return { environment: read, problems };
}

function readSecret(name: string, file: string, problems: string[]): string | undefined {
  try {
    const secret = readFileSync(file, 'utf8').trim();
    if (secret !== '') return secret;
    if (optionalNames.includes(name)) return undefined;
    problems.push(`${name}_FILE: ${file} is empty`);
  } catch (error) {
    if (optionalNames.includes(name) && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    problems.push(
      `${name}_FILE: cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? 'no reason given'})`,
    );
  }
  return undefined;
}
