import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
} from 'cockatiel';
import { isAppError } from '#shared/errors/app-error';

const failuresInARow = 5;
const firstRestMs = 500;
const longestRestMs = 15_000;

/** As the metric shows them. */
export const breakerStates = { closed: 0, trying: 1, open: 2 };
export type BreakerState = keyof typeof breakerStates;

/** Sets an endpoint aside that fails again and again, and tries it with one request at a time after a rest. */
export class Breaker {
  private readonly policy = circuitBreaker(
    handleWhen((error) => this.counts(error)),
    {
      breaker: new ConsecutiveBreaker(failuresInARow),
      halfOpenAfter: new ExponentialBackoff({ initialDelay: firstRestMs, maxDelay: longestRestMs }),
    },
  );

  get state(): BreakerState {
    switch (this.policy.state) {
      case CircuitState.Closed:
        return 'closed';
      case CircuitState.HalfOpen:
        return 'trying';
      default:
        return 'open';
    }
  }

  onChange(listener: () => void): void {
    this.policy.onStateChange(listener);
  }

  /** @throws SetAside without a try when the endpoint rests or is being tried; else what the work throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    // The policy would have it wait for the one try; another endpoint may answer meanwhile.
    if (this.policy.state === CircuitState.HalfOpen) throw new SetAside();
    try {
      return await this.policy.execute(work);
    } catch (error) {
      throw error instanceof BrokenCircuitError ? new SetAside() : error;
    }
  }

  /** A refusal of too many requests, or of this one, comes from a server that works. A try that was cut short proves nothing. */
  private counts(error: unknown): boolean {
    if (!isAppError(error)) return this.policy.state === CircuitState.HalfOpen;
    return error.kind === 'retryable' && error.code !== 'model_overloaded';
  }
}

/** The endpoint was not asked: it failed too often of late. */
export class SetAside extends Error {
  override readonly name = 'SetAside';
}
