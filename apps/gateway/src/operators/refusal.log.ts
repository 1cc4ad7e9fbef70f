const silenceMs = 60_000;

/** Tells of those who are refused, however many they are: of the first at once, then once a minute of how many there were. */
export class RefusalLog {
  private untold = 0;
  private last = '';
  private silence: NodeJS.Timeout | undefined;

  constructor(private readonly write: (line: string) => void) {}

  note(address: string): void {
    this.untold += 1;
    this.last = address;
    if (!this.silence) this.tell();
  }

  private tell(): void {
    this.silence = undefined;
    if (this.untold === 0) return;
    this.write(`refused ${this.untold} times somebody who is no operator, last at ${this.last}`);
    this.untold = 0;
    // The process may end before.
    this.silence = setTimeout(() => this.tell(), silenceMs).unref();
  }
}
