/** A model server that replies at once with the same SQL, as a process. Argument: the SQL. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const [sql = ''] = process.argv.slice(2);
const reply = JSON.stringify({
  id: 'chatcmpl-0',
  object: 'chat.completion',
  created: 0,
  model: 'fixed',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: sql } }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(reply) };

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume().once('end', () => response.writeHead(200, headers).end(reply));
});
process.once('SIGTERM', () => process.exit(0));
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}/v1\n`);
});
