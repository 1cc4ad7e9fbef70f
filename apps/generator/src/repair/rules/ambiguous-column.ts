import type { QueryBlock, Source } from '#shared/sql/query-block';
import type { NameFault } from '#shared/sql/resolve-names';
import { writtenSource } from '../added-joins.js';
import { equalOwner, equations } from '../equal-columns.js';
import { type Mend, only, type View } from '../mend.js';

type Fault = Extract<NameFault, { kind: 'ambiguous' }>;

/** A bare name that several tables have: any of them, where their columns are equal by the joins. */
export function mendAmbiguous({ reference, block, owners }: Fault, view: View): Mend | null {
  const key = view.schema.rules.ofToken(reference.name);
  const owner = equalOwner(owners, key, block, view) ?? notJoinedBy(owners, key, block, view);
  if (!owner) return null;
  const { start } = reference.name;
  return { kind: 'ambiguous', edits: [{ start, end: start, text: `${writtenSource(owner)}.` }] };
}

/** A column that joins is there for the join; the only other one is what was asked for. */
function notJoinedBy(owners: readonly Source[], key: string, block: QueryBlock, view: View): Source | null {
  const sides = equations(block, view).flat();
  const isJoin = (owner: Source) => sides.some((side) => side.source === owner && side.key === key);
  return only(owners.filter((owner) => !isJoin(owner)));
}
