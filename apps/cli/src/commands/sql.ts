import type { Command } from 'commander';
import { httpAddress, urlOption } from './options.js';
import type { SqlCheckOptions } from './sql.check.js';

const examples = `
Each line of the file is a JSON object with \`sql\` and, if it likes, \`id\`; other fields are left alone.
Prints one JSON object a line, in the same order: {id, outcome, layer, class, elapsedMs}. The outcome is
  allowed   it ran to its end
  rejected  a layer of the sandbox refused it: guard, engine or limit
  limited   it ran until a limit of time, rows, bytes or memory cut it
  error     the SQL is wrong, or it could not be run

Examples:
  ./nano sql check --datasource shop --file statements.jsonl > verdicts.jsonl
  ./nano sql check --datasource shop --file statements.jsonl --dry-run

Exit status: 0 all were checked, whatever the verdicts; 1 not; 2 wrong usage.`;

export function addSqlCommand(program: Command): void {
  program
    .command('sql')
    .description('look at what the sandbox makes of SQL')
    .command('check')
    .description('send statements through the guard and sandbox of production, and print what became of each')
    .requiredOption('--datasource <name>', 'registered datasource to run them on')
    .requiredOption('--file <file>', 'JSON Lines with `sql` and `id`')
    .option('--dry-run', 'validate and explain only')
    .option('--json', 'print JSON, as it does in any case')
    .option(...urlOption, httpAddress)
    .addHelpText('after', examples)
    .action(check);
}

async function check(options: SqlCheckOptions): Promise<void> {
  const { readConfig } = await import('../config.js');
  const { withSession } = await import('./with-session.js');
  const { readStatements } = await import('./sql.statements.js');
  const { checkStatements } = await import('./sql.check.js');
  const statements = await readStatements(options.file);
  await withSession(readConfig(), options.url, ({ client }, interrupt) =>
    checkStatements(client, statements, options, interrupt),
  );
}
