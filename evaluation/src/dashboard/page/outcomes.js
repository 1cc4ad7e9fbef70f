/** What became of a question in a run, in one word. */
export function outcomeOf(score) {
  if (score.correct) return 'correct';
  return score.error ? score.error.kind : 'differs';
}

/** Which of two runs is right. */
export function pairOf(first, second) {
  if (first.correct) return second.correct ? 'both' : 'only-first';
  return second.correct ? 'only-second' : 'neither';
}

/** Indices of the questions that pass the filters; the first run decides, pairs need a second one. */
export function filteredIndices(runs, filters) {
  const [first, second] = runs;
  const wanted = filters.text.toLowerCase();
  return first.scores.flatMap((score, at) => {
    const other = second?.scores[at];
    const texts = [score.question, score.gold, score.predicted, other?.predicted ?? ''];
    const passes =
      (!filters.database || score.dbId === filters.database) &&
      (!filters.hardness || (score.hardness ?? 'unknown') === filters.hardness) &&
      (!filters.outcome || outcomePasses(outcomeOf(score), filters.outcome)) &&
      (!filters.pair || (other && pairOf(score, other) === filters.pair)) &&
      (!wanted || texts.some((text) => text.toLowerCase().includes(wanted)));
    return passes ? [at] : [];
  });
}

function outcomePasses(outcome, filter) {
  return filter === 'wrong' ? outcome !== 'correct' : outcome === filter;
}

/** Runs can be compared where they answer the same questions in the same order. */
export function sameQuestions(first, second) {
  return (
    first.scores.length === second.scores.length &&
    first.scores.every(
      (score, at) => score.index === second.scores[at].index && score.gold === second.scores[at].gold,
    )
  );
}
