const longestWaitSeconds = 300;

/** Seconds of `Prefer: wait=N` (RFC 7240), bounded; 0 without one. */
export function preferredWait(header: string | string[] | undefined): number {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?(?:$|[,;\s])/i.exec(text)?.[1];
  return Math.min(Number(seconds ?? 0), longestWaitSeconds);
}
