import { terms } from '../indexing/terms.js';

/** Words that end the name of a key: `customer_id`, `account_no`. */
const keyWords = new Set(['id', 'code', 'key', 'no', 'nr', 'num', 'number', 'uuid', 'guid', 'sk', 'fk']);
/** `id_customer` is `customer_id` in other places of the world. */
const leadingKeyWords = new Set(['id', 'fk']);
/** What tables of any schema have: the same name says nothing. */
const genericNames = new Set([
  ...keyWords,
  ...[
    'name',
    'type',
    'status',
    'state',
    'kind',
    'title',
    'label',
    'description',
    'comment',
    'note',
    'value',
    'text',
  ],
  ...[
    'date',
    'time',
    'year',
    'month',
    'day',
    'timestamp',
    'email',
    'phone',
    'url',
    'version',
    'rank',
    'position',
    'order',
  ],
  ...[
    'parentid',
    'externalid',
    'userid2',
    'rowid',
    'uniqueid',
    'recordid',
    'objectid',
    'sequence',
    'level',
    'count',
  ],
]);
/** What schemas put before the names of their tables. */
const tablePrefixes = new Set(['tbl', 't', 'tb', 'dim', 'fact', 'ref', 'stg', 'lkp', 'lu']);

export interface KeyName {
  /** All of it, without separators and in lower case. */
  whole: string;
  /** `customer` of `customer_id` and of `customer`. */
  stem: string;
  /** `id` of `customer_id`; null where there is none. */
  keyWord: string | null;
}

/**
 * The name; of a key, then, what is left of it when words before are taken for a role: `billing_address_id` →
 * `address_id`. Empty for a name without letters.
 */
export function readingsOf(column: string): KeyName[] {
  const words = terms(column);
  // `club_id_2` is a second `club_id`.
  while (words.length > 1 && /^\d+$/.test(words.at(-1) ?? '')) words.pop();
  const [first = ''] = words;
  if (words.length > 1 && leadingKeyWords.has(first)) words.push(words.shift() ?? '');
  const last = words.at(-1);
  if (last === undefined) return [];
  if (words.length === 1 || !keyWords.has(last)) {
    const whole = words.join('');
    return [{ whole, stem: whole, keyWord: null }];
  }
  const readings: KeyName[] = [];
  for (let index = words.length - 2, stem = ''; index >= 0; index -= 1) {
    stem = `${words[index] ?? ''}${stem}`;
    readings.unshift({ whole: stem + last, stem, keyWord: last });
  }
  return readings;
}

export function isGeneric(whole: string): boolean {
  return genericNames.has(whole);
}

/** What a column may call the table: `tbl_Customers` → customers, customer, tblcustomers, tblcustomer. */
export function aliasesOf(table: string): Set<string> {
  const words = terms(table.slice(table.lastIndexOf('.') + 1));
  const aliases = new Set([words.join(''), singular(words.join(''))]);
  if (words.length > 1 && tablePrefixes.has(words[0] ?? '')) {
    const bare = words.slice(1).join('');
    aliases.add(bare).add(singular(bare));
  }
  return aliases;
}

function singular(word: string): string {
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}
