import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Made {
  rank?: number;
  base?: string;
  /** What the weights are filled with: another byte, another adapter. */
  fill?: number;
  config?: object;
}

/** A folder as training/ exports it, with weights of one small layer. */
export function makeAdapter(
  folder: string,
  { rank = 4, base = 'hub/base', fill = 0, config = {} }: Made = {},
): string {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content);
  const settings = { peft_type: 'LORA', base_model_name_or_path: base, r: rank, bias: 'none', ...config };
  write('adapter_config.json', JSON.stringify(settings));
  write('adapter_model.safetensors', weights(rank, fill));
  write('README.md', '# An adapter');
  const manifest = JSON.stringify({ form: 1, template: 'llama3', verifiedExamples: ['e1'] });
  write('data-manifest.json', manifest);
  write(
    'adapter.json',
    JSON.stringify({
      form: 1,
      base,
      sha256: hashOf(folder),
      dataManifest: sha256(manifest).toString('hex'),
      validation: null,
    }),
  );
  return folder;
}

function weights(rank: number, fill: number): Buffer {
  const width = 8;
  const bytes = rank * width * 4;
  const layer = 'base_model.model.model.layers.0.self_attn.q_proj';
  const header = Buffer.from(
    JSON.stringify({
      [`${layer}.lora_A.weight`]: { dtype: 'F32', shape: [rank, width], data_offsets: [0, bytes] },
      [`${layer}.lora_B.weight`]: { dtype: 'F32', shape: [width, rank], data_offsets: [bytes, 2 * bytes] },
      __metadata__: { format: 'pt' },
    }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(2 * bytes, fill)]);
}

function hashOf(folder: string): string {
  const whole = createHash('sha256');
  for (const name of ['adapter_config.json', 'adapter_model.safetensors'])
    whole.update(name).update(sha256(readFileSync(join(folder, name))));
  return whole.digest('hex');
}

function sha256(content: string | Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}
