import type { TrainingExample } from '../prepare/example.js';
import type { CheckResult, Finding } from './finding.js';
import { promptOf } from './prompts.js';

const shownValues = /values: (.*)$|^[^\n]+ = '(.*)'$/gm;

/** Forms of data about persons; a match is a lead, not a proof. */
const forms: [name: string, pattern: RegExp, isOne?: (match: string) => boolean][] = [
  ['e-mail address', /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu],
  ['telephone number', /(?<![\w.-])(?:\+\d[\d ()./-]{7,}\d|\(?\d{3}\)?[ -.]\d{3}[ -.]\d{4})(?!\w)/g],
  ['IBAN', /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/g, isIban],
  ['card number', /\b(?:\d[ -]?){13,19}\b/g, isCard],
  ['social security number', /(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])/g],
];

/**
 * Cell values that prompts show, and so adapters learn: an adapter gives them back to anybody who asks it. Findings count
 * values and do not repeat them: a report is passed around.
 */
export function hasNoPersonalData(examples: readonly TrainingExample[]): CheckResult {
  const seen = new Map<string, Set<string>>();
  for (const example of examples) {
    const values = [...promptOf(example).matchAll(shownValues)].map(
      ([, listed, matched]) => listed ?? matched ?? '',
    );
    for (const [name, pattern, isOne] of forms) {
      for (const [found] of values.join('\n').matchAll(pattern)) {
        if (isOne?.(found) === false) continue;
        const key = `${name} of ${example.meta.database}`;
        seen.set(key, (seen.get(key) ?? new Set()).add(found));
      }
    }
  }
  const findings = [...seen].map(([key, found]): Finding => ({
    id: null,
    message: `show ${found.size} × ${key}`,
  }));
  return { name: 'shows no personal data', severity: 'warning', checked: examples.length, findings };
}

/** ISO 13616: the first four characters moved to the end, letters as numbers, modulo 97 is 1. */
function isIban(text: string): boolean {
  const compact = text.replaceAll(' ', '');
  const moved = compact.slice(4) + compact.slice(0, 4);
  const digits = moved.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(digits) % 97n === 1n;
}

/** Luhn (ISO/IEC 7812-1). */
function isCard(text: string): boolean {
  const digits = [...text.replaceAll(/\D/g, '')].map(Number);
  if (new Set(digits).size === 1) return false;
  const sum = digits.reverse().reduce((total, digit, at) => {
    const doubled = at % 2 === 1 ? 2 * digit : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
