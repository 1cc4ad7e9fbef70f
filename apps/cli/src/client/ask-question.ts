import type { CreateQuery, QueryEvent, QueryView } from '#shared/contracts/query';
import type { GatewayClient } from './gateway-client.js';

/** Asks a question and follows it to its end. An interrupt cancels the query. */
export async function askQuestion(
  client: GatewayClient,
  request: CreateQuery,
  onEvent: (event: QueryEvent) => void,
  interrupt?: AbortSignal,
): Promise<QueryView> {
  const id = await client.createQuery(request);
  const cancel = () => void client.cancelQuery(id).catch(() => undefined);
  if (interrupt?.aborted) cancel();
  interrupt?.addEventListener('abort', cancel, { once: true });
  try {
    for await (const event of client.events(id)) onEvent(event);
  } finally {
    interrupt?.removeEventListener('abort', cancel);
  }
  return client.query(id);
}
