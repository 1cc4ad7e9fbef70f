import { migrate } from './migrate.js';

// A step of its own before a rollout; the gateway does the same when it starts.
try {
  await migrate(process.env);
  process.stderr.write('migrated\n');
} catch (error) {
  process.stderr.write(`cannot migrate. ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
process.exit();
