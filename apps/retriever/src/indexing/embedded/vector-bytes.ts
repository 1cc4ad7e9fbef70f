/** A unit vector in 8 bits a component, for exact comparison, padded so that its signs fill whole bytes. */
export function toBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(paddedDimension(vector.length));
  for (const [index, value] of vector.entries())
    bytes.writeInt8(Math.max(-127, Math.min(127, Math.round(value * scale))), index);
  return bytes;
}

/** sqlite-vec packs the signs of components into bytes. */
export function paddedDimension(dimension: number): number {
  return Math.ceil(dimension / 8) * 8;
}

/** Components of a unit vector of hundreds of dimensions rarely exceed 0.25; what does is clipped. */
const scale = 508;
