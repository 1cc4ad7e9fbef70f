import { connect } from 'node:net';
import type { ClientBase } from 'pg';

const cancelRequestCode = 80_877_102;
const patienceMs = 2_000;

/** What `pg` keeps of the server's start message and does not declare. */
interface Backend {
  host: string;
  port: number;
  processID: number | null;
  secretKey: number | null;
}

/** Asks the server to stop what the connection runs, as psql does on Ctrl-C: by a short connection of its own. */
export function cancelBackend(client: ClientBase): void {
  const { host, port, processID, secretKey } = client as unknown as Backend;
  if (processID === null || secretKey === null) return;
  const request = Buffer.alloc(16);
  request.writeInt32BE(request.length, 0);
  request.writeInt32BE(cancelRequestCode, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  // The statement's own deadline takes over when the server cannot be reached.
  socket.on('error', () => socket.destroy());
  socket.setTimeout(patienceMs, () => socket.destroy());
  socket.once('connect', () => socket.end(request));
}
