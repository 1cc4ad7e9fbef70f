import { describeError } from '#shared/errors/app-error';
import { ServerClient } from '#shared/models/server-client';
import { CliError } from '../cli-error.js';
import type { CliConfig } from '../config.js';
import { findModel } from './find-model.js';

const answerWithinMs = 5_000;

/** The language model that the embedded service uses, in words and as its environment says it. */
export interface ChosenModel {
  description: string;
  /** Whether it was found on this machine rather than configured. */
  isFound: boolean;
  environment: Record<string, string>;
}

export interface ModelOptions {
  model?: string;
  llm?: string;
}

/** The configuration with what the options of a command say of the model. */
export function withModelOptions(config: CliConfig, { model, llm }: ModelOptions): CliConfig {
  if (model === undefined && llm === undefined) return config;
  if (llm === undefined && config.modelsFile !== undefined)
    throw new CliError('usage', '--model does not go with MODELS_FILE, which says what each model is for');
  const { apiKey } = config.llm ?? {};
  const baseUrl = llm ?? config.llm?.baseUrl;
  return {
    ...config,
    modelsFile: undefined,
    environment: { ...config.environment, MODELS_FILE: undefined },
    wantedModel: model,
    llm:
      baseUrl === undefined
        ? null
        : { baseUrl, model: model ?? (llm === undefined ? config.llm?.model : undefined), apiKey },
  };
}

/** Null where neither the configuration nor this machine has one. @throws CliError when the one that is wanted is not there */
export async function chooseModel(config: CliConfig): Promise<ChosenModel | null> {
  if (config.modelsFile !== undefined)
    return { description: `as ${config.modelsFile} says`, isFound: false, environment: {} };
  if (config.llm) {
    const { baseUrl, apiKey } = config.llm;
    const model = config.llm.model ?? (await firstModel(baseUrl, apiKey));
    return { ...describe(model, baseUrl), isFound: false };
  }
  if (!config.findsModel && config.wantedModel === undefined) return null;
  const found = await findModel(config.wantedModel);
  if (!found) return null;
  const { description, environment } = describe(found.model, found.baseUrl);
  return { description: `${description} (${found.server}'s port)`, isFound: true, environment };
}

function describe(model: string, baseUrl: string) {
  return { description: `${model} at ${baseUrl}`, environment: { LLM_BASE_URL: baseUrl, LLM_MODEL: model } };
}

async function firstModel(baseUrl: string, apiKey: string | undefined): Promise<string> {
  let reason = 'it lists none';
  try {
    const { models } = await new ServerClient(baseUrl, apiKey, answerWithinMs).list();
    if (models[0]) return models[0].name;
  } catch (error) {
    reason = describeError(error);
  }
  throw new CliError('model_not_found', `${baseUrl} does not tell its models: ${reason}`);
}
