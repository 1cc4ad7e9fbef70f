export interface Message {
  role: 'system' | 'user';
  content: string;
}

export interface Reply {
  /** One text a sample. */
  texts: string[];
  /** The model as the server names it. */
  model: string;
  promptTokens: number | null;
  completionTokens: number | null;
}

export interface ReplyOptions {
  samples: number;
  signal: AbortSignal;
}

/** The model port. */
export abstract class Model {
  /** @throws AppError of the stage generate: retryable or permanent; the signal's reason when it aborts */
  abstract reply(messages: readonly Message[], options: ReplyOptions): Promise<Reply>;
}
