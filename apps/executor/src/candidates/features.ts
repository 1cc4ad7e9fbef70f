import type { Cell } from '#shared/contracts/query';
import { type Executed, type Succeeded, succeeded } from './choice.js';
import { resultGroups, votesOf } from './result-groups.js';
import { asksForExtreme, type StatementTraits, traitsOf } from './statement-traits.js';

/** What speaks for a candidate or against it, each from 0 to 1; priors are log odds. */
export const featureNames = [
  /** Share of the replies that gave its result. */
  'votes',
  /** Share of the replies whose result has the same rows, however often and in whatever order. */
  'sameRows',
  /** Mean overlap of the columns that it names with those of the replies. */
  'columns',
  /** Share of the replies whose result has as many columns. */
  'width',
  /** It gave no rows. */
  'empty',
  /** It gave one row of nothing but nulls and zeros. */
  'nothing',
  /** It orders and limits, or takes a largest or smallest value, where the question asks for an extreme, and not where it does not. */
  'extreme',
  /** Sum of the priors of the replies that gave its result, by the number of replies. */
  'prior',
  /** The highest prior of the replies that gave its result. */
  'bestPrior',
] as const;
export type FeatureName = (typeof featureNames)[number];
export type Features = Record<FeatureName, number>;

export interface Weighable {
  one: Succeeded;
  features: Omit<Features, 'prior' | 'bestPrior'>;
  /** The replies that gave its result, by their place, of all that there were. */
  replies: number[];
  of: number;
}

interface Voter {
  executed: Executed;
  weight: number;
  traits: StatementTraits | null;
}

/** The candidates that ran, each with its features beside the others. */
export function weighables(question: string, executed: readonly Executed[]): Weighable[] {
  const voters = executed.map((each) => ({
    executed: each,
    weight: each.candidate.votes ?? 1,
    traits: traitsOf(each.candidate.sql),
  }));
  const replies = voters.reduce((sum, { weight }) => sum + weight, 0);
  const share = (like: (other: Voter) => number) =>
    voters.reduce((sum, voter) => sum + voter.weight * like(voter), 0) / replies;
  const rowSets = new Map(executed.filter(succeeded).map((each) => [each, rowSetOf(each.result.rows)]));
  const isExtreme = asksForExtreme(question);
  return resultGroups(executed.filter(succeeded)).flatMap((group) => {
    const same = group.flatMap(({ candidate }) => candidate.sources ?? []);
    return group.map((one) => {
      const traits = voters.find((voter) => voter.executed === one)?.traits ?? null;
      const features: Weighable['features'] = {
        votes: votesOf(group) / replies,
        sameRows: share(({ executed: other }) =>
          Number(succeeded(other) && rowSets.get(other) === rowSets.get(one)),
        ),
        columns: traits
          ? share((other) => (other.traits ? overlap(traits.columns, other.traits.columns) : 0))
          : 0,
        width: share(({ executed: other }) => Number(succeeded(other) && widthOf(other) === widthOf(one))),
        ...emptiness(one.result.rows),
        extreme: traits ? Number(isExtreme === traits.takesExtreme) : 0,
      };
      return { one, features, replies: same, of: replies };
    });
  });
}

/** @param priors log odds that a reply is right, by its place; none where replies have no sources of their own */
export function withPriors(
  { features, replies, of }: Pick<Weighable, 'features' | 'replies' | 'of'>,
  priors: readonly number[],
): Features {
  const own = replies.map((reply) => priors[reply] ?? 0);
  return {
    ...features,
    prior: own.reduce((sum, prior) => sum + prior, 0) / of,
    bestPrior: own.length === 0 ? 0 : Math.max(...own),
  };
}

function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const union = one.union(other).size;
  return union === 0 ? 1 : one.intersection(other).size / union;
}

function emptiness(rows: readonly Cell[][]): Pick<Features, 'empty' | 'nothing'> {
  const cells = rows.length === 1 ? (rows[0] ?? []) : [];
  const isNothing = cells.length > 0 && cells.every((cell) => cell === null || cell === 0);
  return { empty: Number(rows.length === 0), nothing: Number(isNothing) };
}

function widthOf({ result }: Succeeded): number {
  return result.columns.length;
}

/** Larger results are told apart by their number of rows alone. */
const mostRows = 500;

/** Equal for results that differ in the order of rows and columns and in repeated rows only. */
function rowSetOf(rows: readonly Cell[][]): string {
  if (rows.length > mostRows) return `${rows.length} rows`;
  return [...new Set(rows.map((row) => JSON.stringify(row.map(String).sort())))].sort().join();
}
