import { connect } from 'node:net';
import { ServerClient } from '#shared/models/server-client';
import { CliError } from '../cli-error.js';

/** Where model servers listen that were started without further thought. */
const usualPlaces = [
  { server: 'vLLM', port: 8000 },
  { server: 'Ollama', port: 11_434 },
  { server: 'LM Studio', port: 1234 },
  { server: 'llama.cpp', port: 8080 },
];

/** A closed port says so at once. */
const connectWithinMs = 100;
/** Only a port that somebody holds open is waited for: a start must not take longer for one that says nothing. */
const answerWithinMs = 500;

/** Models that such servers list and that write no text. */
const writesNoText = /embed|rerank|whisper|bge-|minilm/iu;

export interface FoundModel {
  /** What usually listens there. */
  server: string;
  baseUrl: string;
  model: string;
}

/**
 * Looks on this machine for an OpenAI-compatible server: the first of the usual places that serves the wanted model, or any
 * that writes text. Our own gateway has no such listing, and our own stand-ins for models say who they are.
 * @throws CliError `model_not_found` when a model is wanted and no server has it
 */
export async function findModel(
  wanted: string | undefined,
  places = usualPlaces,
): Promise<FoundModel | null> {
  const listings = await Promise.all(places.map(look));
  for (const { server, baseUrl, models } of listings) {
    const model = models.find((name) => (wanted === undefined ? !writesNoText.test(name) : name === wanted));
    if (model !== undefined) return { server, baseUrl, model };
  }
  if (wanted === undefined) return null;
  const served = listings.flatMap(({ models }) => models);
  throw new CliError(
    'model_not_found',
    `no model server on this machine has ${wanted}${served.length > 0 ? `, only ${served.join(', ')}` : ''}`,
  );
}

async function look({ server, port }: (typeof usualPlaces)[number]) {
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  try {
    if (!(await isOpen(port))) return { server, baseUrl, models: [] };
    const { kind, models } = await new ServerClient(baseUrl, undefined, answerWithinMs).list();
    return { server, baseUrl, models: kind === 'stand-in' ? [] : models.map(({ name }) => name) };
  } catch {
    return { server, baseUrl, models: [] };
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: connectWithinMs });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
