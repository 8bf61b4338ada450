import { SkepError } from '../../errors/base.js';

/**
 * Plain data with bigints and byte arrays as bytes: a little-endian u32, the length of a JSON header, the header, and
 * the byte arrays one after the other. In the header a bigint is `{"$n":"decimal"}`, a byte array `{"$b":[offset,
 * length]}`, and an object that has such a key itself `{"$o":{…}}`. Used for files of the root and on the wire.
 */
export function pack(value: unknown): Uint8Array {
  const chunks: Uint8Array[] = [];
  let binary = 0;
  const encode = (node: unknown): unknown => {
    if (typeof node === 'bigint') return { $n: node.toString() };
    if (typeof node !== 'object' || node === null) return node;
    if (node instanceof Uint8Array) {
      chunks.push(node);
      binary += node.length;
      return { $b: [binary - node.length, node.length] };
    }
    // The types of BTF are no array, but can be gone through.
    if (Symbol.iterator in node) return Array.from(node as Iterable<unknown>, encode);
    const copy: Record<string, unknown> = {};
    for (const [key, member] of Object.entries(node)) copy[key] = encode(member);
    return '$n' in copy || '$b' in copy || '$o' in copy ? { $o: copy } : copy;
  };
  const header = new TextEncoder().encode(JSON.stringify(encode(value) ?? null));
  const out = new Uint8Array(4 + header.length + binary);
  new DataView(out.buffer).setUint32(0, header.length, true);
  out.set(header, 4);
  let at = 4 + header.length;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

/**
 * What `pack` packed. Byte arrays are copies.
 * @throws {SkepError} PACK_MALFORMED
 */
export function unpack(bytes: Uint8Array): unknown {
  if (bytes.length < 4) throw malformed('shorter than its length field');
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  if (length > bytes.length - 4) throw malformed('its header is cut off');
  const binary = bytes.subarray(4 + length);
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(4, 4 + length));
    header = JSON.parse(text);
  } catch (error) {
    throw malformed('its header is not JSON', error);
  }
  return text.includes('"$') ? decode(header, binary) : header;
}

function decode(node: unknown, binary: Uint8Array): unknown {
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) {
    for (let i = 0; i < node.length; i++) node[i] = decode(node[i], binary);
    return node;
  }
  const record = node as Record<string, unknown>;
  if ('$n' in record) return decodeBigint(record['$n']);
  if ('$b' in record) return decodeBytes(record['$b'], binary);
  const inner = '$o' in record ? record['$o'] : record;
  if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) throw malformed('a bad escape');
  const members = inner as Record<string, unknown>;
  for (const key of Object.keys(members)) members[key] = decode(members[key], binary);
  return members;
}

function decodeBigint(digits: unknown): bigint {
  if (typeof digits !== 'string' || !/^-?\d{1,40}$/.test(digits)) throw malformed('a bad integer');
  return BigInt(digits);
}

function decodeBytes(range: unknown, binary: Uint8Array): Uint8Array {
  if (!Array.isArray(range) || range.length !== 2) throw malformed('a bad byte range');
  const [offset, length] = range as unknown[];
  const isIndex = (x: unknown): x is number => typeof x === 'number' && Number.isSafeInteger(x) && x >= 0;
  if (!isIndex(offset) || !isIndex(length) || offset + length > binary.length)
    throw malformed('a byte range that is cut off');
  // A copy that is no Buffer, whatever `binary` is.
  return new Uint8Array(binary.subarray(offset, offset + length));
}

function malformed(what: string, cause?: unknown): SkepError {
  return new SkepError('PACK_MALFORMED', `malformed data: ${what}`, { cause });
}
