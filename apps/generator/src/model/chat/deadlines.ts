import { retryable } from '#shared/errors/app-error';

/** Aborts a request whose first token or whose end does not come in time, with the error to throw. */
export class Deadlines {
  private readonly controller = new AbortController();
  private readonly first: NodeJS.Timeout;
  private readonly total: NodeJS.Timeout;

  constructor({ firstTokenMs, totalMs }: { firstTokenMs: number; totalMs: number }) {
    this.first = this.abortAfter(firstTokenMs, `The model server wrote no token in ${firstTokenMs} ms.`);
    this.total = this.abortAfter(totalMs, `The model server did not finish its reply in ${totalMs} ms.`);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  firstTokenCame(): void {
    clearTimeout(this.first);
  }

  clear(): void {
    clearTimeout(this.first);
    clearTimeout(this.total);
  }

  private abortAfter(ms: number, message: string): NodeJS.Timeout {
    return setTimeout(() => this.controller.abort(retryable('model_timeout', message)), ms);
  }
}
