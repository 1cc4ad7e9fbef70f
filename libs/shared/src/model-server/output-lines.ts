/**
 * Lines of a file of recorded outputs, one a question. Blank lines past the last question do not count, nor do those
 * between dialogues, as SParC's files have them: every question has a line then, and there are more lines than that.
 * The number of lines is the caller's to check.
 */
export function outputLines(text: string, questions: number): string[] {
  const lines = text.split(/\r?\n/u);
  while (lines.length > questions && !lines.at(-1)?.trim()) lines.pop();
  const written = lines.filter((line) => line.trim() !== '');
  return lines.length > questions && written.length === questions ? written : lines;
}

/** The statement of a line: what follows a tab, a database's name, is not part of it. */
export function statementOf(line: string): string {
  return line.trim().split('\t')[0]?.trim() ?? '';
}
