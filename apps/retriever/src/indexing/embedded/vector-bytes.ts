/** A unit vector in 8 bits a component, for exact comparison, padded so that its signs fill whole words of 32 bits. */
export function toBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(paddedDimension(vector.length));
  for (const [index, value] of vector.entries())
    bytes.writeInt8(Math.max(-127, Math.min(127, Math.round(value * scale))), index);
  return bytes;
}

function paddedDimension(dimension: number): number {
  return Math.ceil(dimension / 32) * 32;
}

/** Components of a unit vector of hundreds of dimensions rarely exceed 0.25; what does is clipped. */
const scale = 508;

/** The bytes of a blob as words of 32 bits; copied where they do not begin at one. */
export function wordsOf(blob: Buffer): Uint32Array {
  const aligned = blob.byteOffset % Uint32Array.BYTES_PER_ELEMENT === 0 ? blob : Uint8Array.from(blob);
  const { buffer, byteOffset, length } = aligned;
  return new Uint32Array(buffer, byteOffset, length / Uint32Array.BYTES_PER_ELEMENT);
}
