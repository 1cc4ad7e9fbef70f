import { Gauge } from 'prom-client';

/**
 * A gauge without labels that has no sample until it is set, and none after a reset. Another one says 0 in every app that
 * knows nothing of what it measures, and alerts would take that for the truth.
 */
export class ObservedGauge extends Gauge {
  override reset(): void {
    super.reset();
    this.remove();
  }
}
