import { reseal } from './reseal.js';

try {
  const { resealed, unopened } = await reseal(process.env);
  process.stderr.write(`resealed ${resealed}; cannot open ${unopened.length}\n`);
  for (const name of unopened) process.stderr.write(`  ${name}: sealed with neither key\n`);
  if (unopened.length > 0) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`cannot reseal. ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
process.exit();
