/** Sends every message back: one round trip between processes, and nothing else. */
process.on('message', (message) => process.send?.(message));
