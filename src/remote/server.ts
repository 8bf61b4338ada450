import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { SkepError } from '../errors/base.js';
import type { Kernel } from '../kernel/kernel.js';
import { toWire } from './errors.js';
import { asRequest, FrameReader, frame, type Request, type Response } from './frames.js';
import { METHODS, Session } from './methods.js';

export interface ServeOptions {
  /** Makes the kernel's state durable; awaited before a request that changed it is answered. */
  readonly persist?: () => void | Promise<void>;
}

/** Serves a kernel to other processes until it is closed. */
export class KernelServer {
  private readonly kernel: Kernel;
  private readonly options: ServeOptions;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly busy = new Set<Promise<void>>();
  private saving: Promise<void> | undefined;
  private saveAgain: Promise<void> | undefined;

  constructor(kernel: Kernel, options: ServeOptions = {}) {
    this.kernel = kernel;
    this.options = options;
    this.server = createServer((socket) => this.welcome(socket));
  }

  /** @param path A Unix socket that only this user may open, or a Windows pipe. */
  async listen(path: string): Promise<void> {
    // The mode has to be right from the start: between bind and chmod somebody could connect.
    const umask = process.umask(0o177);
    try {
      await new Promise<void>((resolve, reject) => {
        this.server.once('error', reject);
        this.server.listen(path, () => {
          this.server.off('error', reject);
          resolve();
        });
      });
    } finally {
      process.umask(umask);
    }
    this.server.on('error', () => {});
    if (process.platform !== 'win32') chmodSync(path, 0o600);
  }

  /** Answers what was asked so far, then hangs up. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    await Promise.all(this.busy);
    for (const socket of this.sockets) socket.destroySoon();
    await closed;
  }

  private welcome(socket: Socket): void {
    const session = new Session(this.kernel);
    const reader = new FrameReader();
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      session.close().catch(() => {});
    });
    socket.on('data', (chunk) => {
      try {
        for (const message of reader.push(chunk)) this.start(socket, session, asRequest(message));
      } catch {
        // A peer that does not speak the protocol is not told more.
        socket.destroy();
      }
    });
  }

  private start(socket: Socket, session: Session, request: Request): void {
    const work = this.answer(socket, session, request).catch(() => {
      socket.destroy();
    });
    this.busy.add(work);
    void work.finally(() => this.busy.delete(work));
  }

  private async answer(socket: Socket, session: Session, { id, method, args }: Request): Promise<void> {
    let answer: Response;
    try {
      const entry = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
      if (entry === undefined) throw new SkepError('REMOTE_MALFORMED', `no such method: ${method}`);
      const value = await entry.run(session, args, (part) => send(socket, { id, part }));
      if (entry.mutates) await this.persist();
      answer = { id, value };
    } catch (error) {
      answer = { id, error: toWire(error) };
    }
    await send(socket, answer);
  }

  /** One save serves all requests that came before it began. */
  private persist(): Promise<void> {
    const save = async (): Promise<void> => this.options.persist?.();
    if (this.saving === undefined) {
      this.saving = save().finally(() => {
        this.saving = undefined;
      });
      return this.saving;
    }
    this.saveAgain ??= this.saving
      .catch(() => {})
      .then(() => {
        this.saveAgain = undefined;
        return this.persist();
      });
    return this.saveAgain;
  }
}

/** Resolves when the peer has room for more; a peer that has gone is no error. */
async function send(socket: Socket, response: Response): Promise<void> {
  if (socket.destroyed || socket.write(frame(response))) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}
