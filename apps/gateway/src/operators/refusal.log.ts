const silenceMs = 60_000;

/** Tells of those who are refused, however many they are: of the first at once, then once a minute of how many there were. */
export class RefusalLog {
  private untold = 0;
  private silentUntil = -Infinity;

  constructor(
    private readonly write: (line: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  note(address: string): void {
    this.untold += 1;
    if (this.now() < this.silentUntil) return;
    this.silentUntil = this.now() + silenceMs;
    this.write(`refused ${this.untold} times somebody who is no operator, last at ${address}`);
    this.untold = 0;
  }
}
