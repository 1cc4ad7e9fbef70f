import type { Askers } from './askers.js';
import { say } from './results.js';
import type { BenchSettings } from './settings.js';

/** Queries that a card of the model server has at a time, in a closed loop: enough that none ever rests. */
const clientsACard = 4;
/** The first queries of a process compile, connect, and read what later ones find there. */
const settlingSeconds = 10;

/** Answers a second that the deployment gives when it always has something to do. */
export async function measureCapacity(askers: Askers, settings: BenchSettings): Promise<number> {
  const clients = Math.round(settings.cards * clientsACard);
  if (settings.capacity !== undefined) {
    await warmUp(askers, clients);
    return settings.capacity;
  }
  say(`Measuring the capacity with ${clients} clients for ${settings['capacity-seconds']} s …`);
  const capacity = await askers.throughput(clients, settlingSeconds, settings['capacity-seconds']);
  say(`Capacity: ${capacity.toFixed(2)} answers a second.`);
  return capacity;
}

export async function warmUp(askers: Askers, clients: number): Promise<void> {
  say('Warming up …');
  await askers.throughput(clients, 0, settlingSeconds);
}
