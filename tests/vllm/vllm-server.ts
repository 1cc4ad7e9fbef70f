/** The server that `npm run test:vllm` started. */
export function vllmServer(): { url: string; adapter: string } {
  const url = process.env['NANO_TEST_VLLM_URL'];
  const adapter = process.env['NANO_TEST_VLLM_ADAPTER'];
  if (!url || !adapter)
    throw new Error('Start these tests with `npm run test:vllm`: it starts the server that they need.');
  return { url, adapter };
}
