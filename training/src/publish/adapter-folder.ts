import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { describeError, permanent } from '#shared/errors/app-error';
import { templateNames, type TemplateName } from '#shared/prompt/template';
import { loraRanks } from './lora-weights.js';

/** What vLLM loads, in the order in which the hash goes over them. */
const loadedFiles = ['adapter_config.json', 'adapter_model.safetensors'] as const;
const passportFile = 'adapter.json';
const dataFile = 'data-manifest.json';
/** What a published adapter is made of; anything else in the folder stays behind. */
export const adapterFiles = [...loadedFiles, passportFile, dataFile, 'README.md'] as const;

const configSchema = z.object({
  peft_type: z.literal('LORA', 'is not LoRA'),
  base_model_name_or_path: z.string().min(1),
  r: z.int().min(1),
  bias: z.literal('none', 'vLLM loads no biases').default('none'),
  use_dora: z.literal(false, 'vLLM loads no DoRA').default(false),
  modules_to_save: z.array(z.string()).max(0, 'vLLM loads no whole modules').nullish(),
  rank_pattern: z.record(z.string(), z.int().min(1)).default({}),
});

const sha256 = z.string().regex(/^[0-9a-f]{64}$/u, 'is no SHA-256');
const passportSchema = z.object({
  form: z.literal(1),
  base: z.string().min(1),
  sha256,
  dataManifest: sha256.nullable(),
  validation: z
    .object({ validationEx: z.number(), questions: z.int(), step: z.int() })
    .nullable()
    .default(null),
});

const dataSchema = z.object({ template: z.enum(templateNames) });

export interface Adapter {
  folder: string;
  /** Over the files that are loaded, as training/nano_training/adapter.py counts it. */
  sha256: string;
  /** As it was trained on: a hub's name or a folder. */
  base: string;
  rank: number;
  /** SHA-256 of data-manifest.json. */
  dataManifest: string;
  /** Layout of the prompts that it was trained on. */
  template: TemplateName;
}

/**
 * An adapter as the training exports it, looked through: its form, its hashes, its rank, where its data came from.
 * @throws AppError `invalid_request` that says what is wrong with which file
 */
export async function readAdapter(folder: string, maxRank: number): Promise<Adapter> {
  for (const name of adapterFiles) refuseUnlessFile(folder, name);
  const config = read(folder, 'adapter_config.json', configSchema);
  const passport = read(folder, passportFile, passportSchema);
  const ranks = [config.r, ...Object.values(config.rank_pattern)];
  const rank = Math.max(...ranks);
  if (rank > maxRank)
    throw wrong(folder, 'adapter_config.json', `rank ${rank} is more than the server takes (${maxRank})`);
  const weights = join(folder, 'adapter_model.safetensors');
  const found = loraRanks(weights);
  const other = [...found].find((each) => !ranks.includes(each));
  if (other !== undefined)
    throw wrong(folder, 'adapter_model.safetensors', `has rank ${other}, not ${ranks.join(' or ')}`);
  if (config.base_model_name_or_path !== passport.base)
    throw wrong(
      folder,
      passportFile,
      `is of ${passport.base}, adapter_config.json of ${config.base_model_name_or_path}`,
    );
  const digest = await adapterHash(folder);
  if (digest !== passport.sha256)
    throw wrong(folder, passportFile, `tells the hash ${passport.sha256}, but the files have ${digest}`);
  const dataManifest = createHash('sha256')
    .update(readFileSync(join(folder, dataFile)))
    .digest('hex');
  if (dataManifest !== passport.dataManifest)
    throw wrong(folder, dataFile, 'is not the manifest of the data that it was trained on');
  const { template } = read(folder, dataFile, dataSchema);
  return { folder, sha256: digest, base: passport.base, rank, dataManifest, template };
}

/** SHA-256 over names and contents of what is loaded. */
export async function adapterHash(folder: string): Promise<string> {
  const whole = createHash('sha256');
  for (const name of loadedFiles) {
    const file = createHash('sha256');
    for await (const chunk of createReadStream(join(folder, name))) file.update(chunk as Buffer);
    whole.update(name).update(file.digest());
  }
  return whole.digest('hex');
}

function refuseUnlessFile(folder: string, name: string): void {
  const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
  if (!found) throw wrong(folder, name, 'is missing: publish the folder `adapter` of a run of training/');
  // A link could point at any file of the machine, which would then be copied.
  if (!found.isFile()) throw wrong(folder, name, 'is no file');
}

function read<S extends z.ZodType>(folder: string, name: string, schema: S): z.infer<S> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  } catch (error) {
    throw wrong(folder, name, describeError(error));
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw wrong(folder, name, z.prettifyError(parsed.error));
  return parsed.data;
}

function wrong(folder: string, name: string, detail: string) {
  return permanent('invalid_request', `${join(folder, name)}: ${detail}`);
}
