import type { Dialect } from '#shared/contracts/datasource';
import type { Names } from './names.js';
import type { Rules } from './rules.js';
import type { Place, QueryPlace } from './shape.js';

/** What rules of conditions and windows are made of. */
export interface Expressions {
  readonly rules: Rules;
  readonly dialect: Dialect;
  readonly names: Names;
  value(place: Place): string;
  text(): string;
  /** A whole number above 0. */
  count(): string;
  /** The rule of a query of one column, for its value or for its list, inside of this place. */
  subquery(around: QueryPlace, use: 'value' | 'list'): string;
}
