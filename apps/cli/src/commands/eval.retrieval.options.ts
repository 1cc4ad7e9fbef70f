import { type Command, InvalidArgumentError, Option } from 'commander';
import type { EvalRetrievalOptions } from './eval.retrieval.js';
import { httpAddress, wholeNumber } from './options.js';

const examples = `
Prints, for each k, the share of the tables a question needs that are among the first k (recall), and the share of the
questions all of whose tables are (complete recall); the same of BM25 over names and of one vector a table.

--embeddings takes
  none    words alone
  local   the encoder of EMBEDDINGS_MODEL_DIR; all-MiniLM-L6-v2 is fetched and converted where it is missing
  URL     an OpenAI-compatible endpoint up to /v1, and its EMBEDDINGS_MODEL
By default local where the encoder is there, else none.

Examples:
  ./nano eval retrieval --data spider --embeddings local
  ./nano eval retrieval --data spider --pooled --embeddings local --json
  QDRANT_URL=http://127.0.0.1:6333 ./nano eval retrieval --data spider --pooled --index qdrant`;

export function addEvalRetrievalCommand(command: Command): void {
  command
    .enablePositionalOptions()
    .command('retrieval')
    .description('measure how many of the tables that questions need are found')
    .requiredOption(
      '--data <dir>',
      "folder with Spider's tables.json and questions with db_id, question and query",
    )
    .option('--questions <file>', 'the questions (default: dev.json of the folder)')
    .option('--pooled', 'all databases of tables.json as one schema')
    .option('--embeddings <which>', 'none, local or the URL of an endpoint', embeddings)
    .addOption(
      new Option('--index <which>', 'schema index').choices(['embedded', 'qdrant']).default('embedded'),
    )
    .option('--k <list>', 'numbers of tables looked at', listOfCounts, [3, 5, 10, 15])
    .option('--limit <n>', 'only the first so many questions', wholeNumber(1))
    .option('--json', 'print one JSON object')
    .addHelpText('after', examples)
    .action(async (options: EvalRetrievalOptions) => {
      const { evalRetrieval } = await import('./eval.retrieval.js');
      await evalRetrieval(options);
    });
}

function embeddings(text: string): string {
  return text === 'none' || text === 'local' ? text : httpAddress(text);
}

function listOfCounts(text: string): number[] {
  const counts = text.split(',').map(Number);
  if (counts.every((count) => Number.isInteger(count) && count > 0)) return counts;
  throw new InvalidArgumentError('Expected whole numbers such as 3,5,10.');
}
