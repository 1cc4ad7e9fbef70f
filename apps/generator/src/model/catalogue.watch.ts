import { stat } from 'node:fs/promises';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { describeError } from '#shared/errors/app-error';
import type { ModelCatalogue } from '#shared/models/catalogue';
import { CatalogueModel } from './catalogue.model.js';
import { CATALOGUE_SOURCE } from './tokens.js';

/** The file that the catalogue is in, and how to read it; null where the environment is all there is. */
export type CatalogueSource = { file: string; read: () => ModelCatalogue } | null;

const lookEveryMs = 2_000;

/**
 * Takes up a catalogue that was changed while the generator runs. It looks at the file by its name: a notification of the file
 * system does not cross a network volume, nor the symbolic links that Kubernetes mounts a ConfigMap by.
 */
@Injectable()
export class CatalogueWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(CatalogueWatch.name);
  private timer: NodeJS.Timeout | undefined;
  private seen: string | null = null;

  constructor(
    @Inject(CATALOGUE_SOURCE) private readonly source: CatalogueSource,
    private readonly model: CatalogueModel,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.source === null) return;
    await this.look();
    this.timer = setInterval(() => void this.look(), lookEveryMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** One that cannot be read leaves the former in use, and is said once. */
  async look(): Promise<void> {
    if (this.source === null) return;
    const { file, read } = this.source;
    const now = await versionOf(file);
    if (now === this.seen) return;
    this.seen = now;
    try {
      if (this.model.use(read())) this.logger.log(`${file} has changed: the new catalogue is in use.`);
    } catch (error) {
      this.logger.warn(`The catalogue in use stays: ${describeError(error)}`);
    }
  }
}

async function versionOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    return describeError(error);
  }
}
