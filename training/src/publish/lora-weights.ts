import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { describeError, permanent } from '#shared/errors/app-error';

/** Bytes before the header: its length, little-endian (safetensors' README, "Format"). */
const lengthBytes = 8;
/** safetensors itself reads no longer header. */
const longestHeader = 100_000_000;

const headerSchema = z.record(
  z.string(),
  z.object({
    shape: z.array(z.int().nonnegative()).min(1),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
);

/**
 * The ranks of the weights in a file of safetensors, read from its header.
 * @throws AppError `invalid_request` for a file that is cut, or holds anything but LoRA's two factors
 */
export function loraRanks(file: string): Set<number> {
  const { header, dataBytes } = readHeader(file);
  const ranks = new Set<number>();
  let end = 0;
  for (const [name, { shape, data_offsets: offsets }] of Object.entries(header)) {
    const factor = /\.lora_([AB])(?:\.[^.]+)?\.weight$/u.exec(name)?.[1];
    if (factor === undefined) throw wrong(file, `${name} is no weight of LoRA`);
    // A is rank × in, B is out × rank.
    ranks.add((factor === 'A' ? shape[0] : shape.at(-1)) ?? 0);
    end = Math.max(end, offsets[1]);
  }
  if (ranks.size === 0) throw wrong(file, 'holds no weights');
  if (end !== dataBytes) throw wrong(file, `is cut: ${dataBytes} bytes of weights, ${end} expected`);
  return ranks;
}

function readHeader(file: string): { header: z.infer<typeof headerSchema>; dataBytes: number } {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const length = Number(readAt(handle, 0, lengthBytes).readBigUInt64LE());
    if (length > Math.min(longestHeader, size - lengthBytes)) throw new Error('its header is cut');
    const content = JSON.parse(readAt(handle, lengthBytes, length).toString('utf8')) as Record<
      string,
      unknown
    >;
    delete content['__metadata__'];
    return { header: headerSchema.parse(content), dataBytes: size - lengthBytes - length };
  } catch (error) {
    throw wrong(file, `is no file of safetensors: ${describeError(error)}`);
  } finally {
    closeSync(handle);
  }
}

function readAt(handle: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  if (readSync(handle, buffer, 0, length, position) !== length) throw new Error('it is too short');
  return buffer;
}

function wrong(file: string, detail: string) {
  return permanent('invalid_request', `${file} ${detail}`);
}
