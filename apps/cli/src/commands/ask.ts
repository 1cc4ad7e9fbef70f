import type { Command } from 'commander';
import type { CreateQuery, QueryView } from '#shared/contracts/query';
import type { GatewayClient } from '../client/gateway-client.js';
import type { ModelOptions } from '../model/choose-model.js';
import { httpAddress, llmOption, modelOption, urlOption, wholeNumber } from './options.js';

interface AskOptions extends ModelOptions {
  datasource?: string;
  json?: true;
  url?: string;
  maxCorrections?: number;
  candidates?: number;
  conversation?: string;
  explain?: true;
}

const examples = `
Examples:
  ./nano ask "How many customers are there?"
  ./nano ask "Average salary per department" --datasource company
  ./nano ask "Revenue by month" --json | jq .rows
  ./nano ask "How many orders were cancelled?" --conversation monday
  ./nano ask "And how many are open?" --conversation monday

Exit status: 0 succeeded, 1 failed, 2 wrong usage.`;

export function addAskCommand(program: Command): void {
  program
    .command('ask')
    .description('ask a question and print the SQL and the rows')
    .argument('<question>', 'the question in plain language')
    .option('--datasource <name>', "datasource to ask (default: the gateway's)")
    .option('--json', 'print one JSON object: the query with its attempts and rows')
    .option(...urlOption, httpAddress)
    .option('--max-corrections <n>', 'further attempts after SQL that failed', wholeNumber(0, 5))
    .option('--candidates <n>', 'SQL texts asked of the model in each attempt', wholeNumber(1, 16))
    .option('--conversation <id>', 'go on from an earlier question: an id of your own, or of that query')
    .option('--explain', 'say in words what the SQL does, where there is a language model')
    .option(...modelOption)
    .option(...llmOption, httpAddress)
    .addHelpText('after', examples)
    .action(ask);
}

async function ask(question: string, options: AskOptions): Promise<void> {
  const { json, url, model, llm, conversation, ...asked } = options;
  const request = await checkRequest({
    question,
    ...asked,
    ...(conversation !== undefined && { conversationId: conversation }),
  });
  const { readConfig } = await import('../config.js');
  const { withModelOptions } = await import('../model/choose-model.js');
  const config = withModelOptions(readConfig(), {
    ...(model !== undefined && { model }),
    ...(llm !== undefined && { llm }),
  });
  const { withSession } = await import('./with-session.js');
  const { stderr, stdout } = await import('../output/terminal.js');
  try {
    await withSession(config, url, async ({ client, host }, interrupt) => {
      const { askQuestion } = await import('../client/ask-question.js');
      const { stagePrinter } = await import('../output/stages.js');
      const { tellModel } = await import('../output/model-notice.js');
      if (host && !json) tellModel(host, stderr);
      const onEvent = stderr.isTerminal && !json ? stagePrinter(stderr) : () => undefined;
      const query = await askQuestion(client, request, onEvent, interrupt);
      if (json) stdout.line(JSON.stringify(await explained(client, query, interrupt)));
      else {
        const { printAnswer } = await import('../output/answer.js');
        const { printExplanation } = await import('../output/explanation.js');
        printAnswer(query, stdout);
        printExplanation(await explained(client, query, interrupt), stdout);
      }
      if (query.status !== 'succeeded') process.exitCode = 1;
    });
  } catch (error) {
    if (json) stdout.line(JSON.stringify(await neverAccepted(request, error)));
    throw error;
  }
}

/** The query once its explanation is written, where one was asked for. */
async function explained(
  client: GatewayClient,
  query: QueryView,
  interrupt: AbortSignal,
): Promise<QueryView> {
  if (!query.explanation) return query;
  const { untilExplained } = await import('../client/until-explained.js');
  return untilExplained(client, query, interrupt);
}

async function checkRequest(request: CreateQuery): Promise<CreateQuery> {
  const { createQuerySchema } = await import('#shared/contracts/query');
  const checked = createQuerySchema.safeParse(request);
  if (checked.success) return checked.data;
  const { CliError } = await import('../cli-error.js');
  const [issue] = checked.error.issues;
  throw new CliError('usage', `${issue?.path.join('.')}: ${issue?.message}`);
}

/** Programs get the same form of object when no gateway took the question. */
async function neverAccepted(
  request: CreateQuery,
  error: unknown,
): Promise<Omit<QueryView, 'id'> & { id: null }> {
  const { explainError } = await import('../output/report-error.js');
  const { code, message } = explainError(error);
  const now = new Date().toISOString();
  return {
    id: null,
    status: 'failed',
    datasource: request.datasource ?? '',
    question: request.question,
    sql: null,
    columns: [],
    rows: [],
    truncated: null,
    attempts: [],
    tables: [],
    timings: { retrieve: 0, generate: 0, execute: 0, waited: 0, total: 0 },
    createdAt: now,
    finishedAt: now,
    error: { code, stage: null, message },
  };
}
