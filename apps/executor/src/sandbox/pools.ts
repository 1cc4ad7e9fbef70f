/** How many of a pool's processes or connections work, and stand by; and how many statements wait for one. */
export interface PoolUsage {
  busy: number;
  idle: number;
  waiting: number;
}

/** What runs the statements of one datasource. */
export interface Pool {
  readonly usage: PoolUsage;
  /** By performance.now(). */
  readonly lastUsed: number;
  close(): Promise<void> | void;
}

/** Pools by what they connect to. Past the most that are kept, the quiet one that was used longest ago gives way. */
export class Pools<P extends Pool> {
  private readonly kept = new Map<string, P>();

  constructor(private readonly most: number) {}

  of(key: string, make: () => P): P {
    const known = this.kept.get(key);
    if (known) return known;
    this.makeRoom();
    const pool = make();
    this.kept.set(key, pool);
    return pool;
  }

  /** Of all of them. */
  get usage(): PoolUsage {
    const each = [...this.kept.values()].map(({ usage }) => usage);
    const sum = (state: keyof PoolUsage) => each.reduce((total, usage) => total + usage[state], 0);
    return { busy: sum('busy'), idle: sum('idle'), waiting: sum('waiting') };
  }

  async close(): Promise<void> {
    const pools = [...this.kept.values()];
    this.kept.clear();
    await Promise.all(pools.map(async (pool) => pool.close()));
  }

  private makeRoom(): void {
    if (this.kept.size < this.most) return;
    const [oldest] = [...this.kept]
      .filter(([, { usage }]) => usage.busy === 0 && usage.waiting === 0)
      .sort(([, a], [, b]) => a.lastUsed - b.lastUsed);
    if (!oldest) return;
    this.kept.delete(oldest[0]);
    void oldest[1].close();
  }
}
