import { isTransientDatabaseError } from './database.js';
import { spaced } from './spaced.js';

interface Asked<Row> {
  promise: Promise<Row | undefined>;
  resolve: (row: Row | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Answers questions for one row each with few statements: the first goes at once, and what is asked closely after it
 * shares the next. A statement begins after all that it answers was asked. Where the database does not answer it fails all that
 * share it; a row that cannot be read fails alone.
 * @param read gives the rows that there are for the ids, in any order
 * @param most ids a statement: all of its rows are in memory at once
 */
export function gathering<Row extends { id: string }>(
  read: (ids: readonly string[]) => Promise<readonly Row[]>,
  most: number,
): (id: string) => Promise<Row | undefined> {
  let waiting = new Map<string, Asked<Row>>();

  const answer = async (asked: ReadonlyMap<string, Asked<Row>>): Promise<void> => {
    try {
      const rows = new Map((await read([...asked.keys()])).map((row) => [row.id, row]));
      for (const [id, { resolve }] of asked) resolve(rows.get(id));
    } catch (error) {
      if (asked.size > 1 && !isTransientDatabaseError(error))
        for (const one of asked) await answer(new Map([one]));
      else for (const { reject } of asked.values()) reject(error);
    }
  };

  const statement = spaced(() => {
    const asked = waiting;
    waiting = new Map();
    void answer(asked);
  });

  return (id) => {
    const asked = waiting.get(id) ?? Promise.withResolvers<Row | undefined>();
    waiting.set(id, asked);
    if (waiting.size < most) statement.ask();
    else statement.now();
    return asked.promise;
  };
}
