import { spaced } from './spaced.js';

/** Keeps a statement's answer small beside what the process may hold. */
const mostIds = 50;

interface Asked<Row> {
  promise: Promise<Row | undefined>;
  resolve: (row: Row | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Answers questions for one row each with few statements: the first goes at once, and what is asked closely after it
 * shares the next. A statement begins after all that it answers was asked; one that fails, fails all that share it.
 * @param read gives the rows that there are for the ids, in any order
 */
export function gathering<Row extends { id: string }>(
  read: (ids: readonly string[]) => Promise<readonly Row[]>,
): (id: string) => Promise<Row | undefined> {
  let waiting = new Map<string, Asked<Row>>();

  const answer = async (asked: ReadonlyMap<string, Asked<Row>>) => {
    try {
      const rows = new Map((await read([...asked.keys()])).map((row) => [row.id, row]));
      for (const [id, { resolve }] of asked) resolve(rows.get(id));
    } catch (error) {
      for (const { reject } of asked.values()) reject(error);
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
    if (waiting.size < mostIds) statement.ask();
    else statement.now();
    return asked.promise;
  };
}
