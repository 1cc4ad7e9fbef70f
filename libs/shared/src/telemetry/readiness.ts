import { Injectable } from '@nestjs/common';

/** Details of a part that is up; throws when it is not. */
export type ReadinessCheck = () => Promise<Record<string, unknown>>;

/** What an app depends on beside database and queue. Each app adds its own parts. */
@Injectable()
export class Readiness {
  readonly checks = new Map<string, ReadinessCheck>();

  add(part: string, check: ReadinessCheck): void {
    this.checks.set(part, check);
  }
}
