import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { scorePredictions } from './scoring/score-predictions.js';

/**
 * Compares our verdicts with recorded ones of the official evaluator, question by question:
 * `--systems` holds a folder a system with `pred.sql` and `verdicts.txt` (1 or 0 a line).
 * Ends with 1 where any differs.
 */
async function main(data: string, systems: string): Promise<boolean> {
  const out = mkdtempSync(join(tmpdir(), 'agreement-'));
  let agreed = true;
  try {
    for (const system of readdirSync(systems).sort()) {
      const folder = join(systems, system);
      const recorded = readFileSync(join(folder, 'verdicts.txt'), 'utf8').trim().split('\n');
      const { metrics, scored, elapsedMs } = await scorePredictions({
        data,
        predictions: join(folder, 'pred.sql'),
        out,
      });
      const differing = scored.filter(({ score }) => Number(score.correct) !== Number(recorded[score.index]));
      const percent = (share: number) => (100 * share).toFixed(2);
      const theirs = recorded.filter((line) => line.trim() === '1').length / recorded.length;
      console.log(
        `${system.padEnd(32)} EX ${percent(metrics.ex)}, recorded ${percent(theirs)}, ${differing.length} differ, ${(elapsedMs / 1000).toFixed(1)} s`,
      );
      for (const { score } of differing)
        console.log(`  ${score.index} ${score.dbId}: ours ${score.correct}: ${score.predicted}`);
      agreed &&= differing.length === 0;
    }
  } finally {
    rmSync(out, { recursive: true });
  }
  return agreed;
}

const { values } = parseArgs({ options: { data: { type: 'string' }, systems: { type: 'string' } } });
if (!values.data || !values.systems) {
  console.error('usage: --data DIR --systems DIR');
  process.exitCode = 2;
} else {
  process.exitCode = (await main(values.data, values.systems)) ? 0 : 1;
}
