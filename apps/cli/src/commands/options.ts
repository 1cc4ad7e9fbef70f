import { InvalidArgumentError } from 'commander';

/** Parses a whole number between two bounds, for an option's argument. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/u.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      `Expected a whole number from ${least}${most < 1e15 ? ` to ${most}` : ' on'}.`,
    );
  };
}

/** Parses a fraction from 0 up to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('Expected a share such as 0.1.');
}

export function httpAddress(text: string): string {
  if (/^https?:\/\//u.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('Expected an address such as http://127.0.0.1:8080.');
}

/** Gathers `a,b` and repeated options into one list. */
export function listOf(text: string, previous: string[] = []): string[] {
  return [...previous, ...text.split(',').filter((part) => part !== '')];
}

export const modelOption = [
  '--model <name>',
  'model to use (default: LLM_MODEL, or the first that a server on this machine has)',
] as const;
export const llmOption = [
  '--llm <url>',
  'OpenAI-compatible model server, with /v1 (default: LLM_BASE_URL, or one found on this machine)',
] as const;

export const urlOption = [
  '--url <url>',
  "gateway's address (default: NANO_URL, a running one, or one for the call)",
] as const;
