import type { Fallback } from '#shared/contracts/attempt';
import type { Dialect } from '#shared/contracts/datasource';
import type { Purpose } from '#shared/models/purposes';
import type { TemplateName } from '#shared/prompt/template';

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface Reply {
  /** One text a sample. */
  texts: string[];
  /** Numbers of the texts that end where the reply was at its longest. */
  cut: number[];
  /** The model or adapter that wrote them, as the server names it. */
  model: string;
  /** The endpoint that answered, as the catalogue names it. */
  endpoint: string;
  /** Set where another model or adapter was wanted. */
  fallback?: Fallback;
  /** Whether the server held the texts to the grammar. */
  constrained: boolean;
  promptTokens: number | null;
  completionTokens: number | null;
  /** Where the catalogue has a price. */
  gpuSeconds?: number;
}

/** What for and in which dialect: the catalogue chooses the model or adapter by both. */
export interface Wanted {
  purpose: Purpose;
  dialect: Dialect;
}

export interface ModelLimits {
  /** Tokens that prompt and reply may have together; null where neither catalogue nor server tells. */
  contextTokens: number | null;
  /** Tokens that a reply may have. */
  maxTokens: number;
  /** Layout of the prompt, where the catalogue has one for the model or adapter. */
  template?: TemplateName;
}

export interface ReplyOptions extends Wanted {
  samples: number;
  /** Number of the first sample, where others of the same attempt have been asked for before; 0 if left out. */
  firstSample?: number;
  signal: AbortSignal;
  /** EBNF in the form of llama.cpp (GBNF) that the texts must match. Only servers that can are sent it: see `constrained`. */
  grammar?: string;
  /** Told the text of the first sample as it comes; `offset` is where the piece begins. A reply that is tried anew begins at 0 again. */
  onText?: (text: string, offset: number) => void;
}

/** The model port. */
export abstract class Model {
  /** Of the model that would be asked. Never throws: a server that does not answer leaves its part unknown. */
  abstract limits(wanted: Wanted): Promise<ModelLimits>;

  /**
   * @throws AppError of the stage generate: retryable when every endpoint failed, permanent when the request is at
   *   fault; the signal's reason when it aborts
   */
  abstract reply(messages: readonly Message[], options: ReplyOptions): Promise<Reply>;
}
