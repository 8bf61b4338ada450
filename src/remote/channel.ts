import { createConnection, type Socket } from 'node:net';
import { SkepError } from '../errors/base.js';
import { fromWire } from './errors.js';
import { FrameReader, frame, type Response } from './frames.js';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly part: (value: unknown) => void;
}

/** A client's end: any number of requests at once over one connection. */
export class Channel {
  private readonly socket: Socket;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  private ended: SkepError | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    const reader = new FrameReader();
    socket.on('data', (chunk) => {
      try {
        for (const message of reader.push(chunk)) this.receive(message as Partial<Response> & object);
      } catch (error) {
        this.end(new SkepError('REMOTE_MALFORMED', 'the other process sent nonsense', { cause: error }));
      }
    });
    socket.on('error', (cause) => this.end(gone(cause)));
    socket.on('close', () => this.end(gone()));
  }

  /** @throws What `node:net` says: ECONNREFUSED or ENOENT when nobody listens. */
  static connect(path: string): Promise<Channel> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(path);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Channel(socket));
      });
    });
  }

  /** @throws {KernelError | SkepError} as the other side threw it; REMOTE_GONE when it went before it answered. */
  call(
    method: string,
    args: readonly unknown[] = [],
    part: (value: unknown) => void = () => {},
  ): Promise<unknown> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) {
        reject(this.ended);
        return;
      }
      const bytes = frame({ id, method, args });
      this.waiting.set(id, { resolve, reject, part });
      this.socket.write(bytes);
    });
  }

  close(): Promise<void> {
    if (this.socket.closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.socket.once('close', () => resolve());
      this.socket.destroySoon();
    });
  }

  private receive(message: Partial<{ id: number; part: unknown; value: unknown; error: unknown }>): void {
    const id = message.id ?? 0;
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return;
    if ('part' in message) {
      waiting.part(message.part);
      return;
    }
    this.waiting.delete(id);
    if ('error' in message) waiting.reject(fromWire(message.error));
    else waiting.resolve(message.value);
  }

  private end(error: SkepError): void {
    if (this.ended !== undefined) return;
    this.ended = error;
    this.socket.destroy();
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

function gone(cause?: unknown): SkepError {
  return new SkepError('REMOTE_GONE', 'the process that has the root open ended before it answered', {
    hint: 'Run the command again.',
    cause,
  });
}
