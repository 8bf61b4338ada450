import { pack, unpack } from '../engine/root/index.js';
import { SkepError } from '../errors/base.js';

/** A frame is a little-endian u32, the length of what follows, then a packed message (`pack`). Longer ones are refused. */
export const MAX_FRAME_BYTES = 256 * 1024 * 1024;

export interface Request {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** `part` comes any number of times before `value` or `error` ends the answer. */
export type Response =
  | { readonly id: number; readonly part: unknown }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: unknown };

export function frame(message: Request | Response): Uint8Array {
  const body = pack(message);
  if (body.length > MAX_FRAME_BYTES) {
    throw new SkepError('REMOTE_TOO_LARGE', `a message of ${body.length} bytes is more than can be sent`);
  }
  const out = new Uint8Array(4 + body.length);
  new DataView(out.buffer).setUint32(0, body.length, true);
  out.set(body, 4);
  return out;
}

/** Cuts a stream of bytes into messages. Memory is taken as bytes arrive, not as a length field promises. */
export class FrameReader {
  private chunks: Uint8Array[] = [];
  private have = 0;

  /** @throws {SkepError} REMOTE_MALFORMED, PACK_MALFORMED; the stream is of no use after that. */
  push(chunk: Uint8Array): unknown[] {
    this.chunks.push(chunk);
    this.have += chunk.length;
    const messages: unknown[] = [];
    for (;;) {
      const length = this.peekLength();
      if (length === undefined || this.have < 4 + length) return messages;
      messages.push(unpack(this.take(4 + length).subarray(4)));
    }
  }

  private peekLength(): number | undefined {
    if (this.have < 4) return undefined;
    if ((this.chunks[0] as Uint8Array).length < 4) this.chunks = [concat(this.chunks, this.have)];
    const first = this.chunks[0] as Uint8Array;
    const length = new DataView(first.buffer, first.byteOffset).getUint32(0, true);
    if (length > MAX_FRAME_BYTES) {
      throw new SkepError('REMOTE_MALFORMED', `a frame claims ${length} bytes`);
    }
    return length;
  }

  private take(length: number): Uint8Array {
    const all = this.chunks.length === 1 ? (this.chunks[0] as Uint8Array) : concat(this.chunks, this.have);
    this.have -= length;
    this.chunks = this.have === 0 ? [] : [all.subarray(length)];
    return all.subarray(0, length);
  }
}

function concat(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const out = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

/** What a peer sent, when it is a request. */
export function asRequest(message: unknown): Request {
  const { id, method, args } = (message ?? {}) as Partial<Request>;
  if (typeof id !== 'number' || typeof method !== 'string' || !Array.isArray(args)) {
    throw new SkepError('REMOTE_MALFORMED', 'a message is no request');
  }
  return { id, method, args };
}
