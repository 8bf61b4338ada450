import { isUnspecified, sameBytes } from '../address.js';
import type { SimulatedSocket } from '../sockets.js';

/** Who talks to whom, as a packet that comes in says it: `local` is its destination. */
export interface Flow {
  readonly protocol: number;
  readonly local: { readonly ip: Uint8Array; readonly port: number };
  readonly remote: { readonly ip: Uint8Array; readonly port: number };
}

/** The sockets of a network namespace that packets can be for. */
export class SocketTable {
  readonly #sockets = new Set<SimulatedSocket>();
  /** Echo requests that were answered, by id and sequence number. */
  readonly #echoes = new Set<string>();

  add(socket: SimulatedSocket): void {
    this.#sockets.add(socket);
  }

  remove(socket: SimulatedSocket): void {
    this.#sockets.delete(socket);
  }

  all(): readonly SimulatedSocket[] {
    return [...this.#sockets];
  }

  /** An echo request was answered. */
  echoed(id: number, sequence: number): void {
    this.#echoes.add(`${id}:${sequence}`);
  }

  /** Whether an echo request was answered; asked once. */
  hasEcho(id: number, sequence: number): boolean {
    return this.#echoes.delete(`${id}:${sequence}`);
  }

  /** The socket of a connection. */
  connected({ protocol, local, remote }: Flow): SimulatedSocket | undefined {
    for (const socket of this.#sockets) {
      if (socket.protocol !== protocol || !socket.isConnected) continue;
      const [own, other] = [socket.local, socket.remote];
      if (
        own.port === local.port &&
        other.port === remote.port &&
        sameBytes(own.ip, local.ip) &&
        sameBytes(other.ip, remote.ip)
      )
        return socket;
    }
    return undefined;
  }

  /** Those that wait for whoever comes at an address: the ones bound to it before the ones bound to any. */
  waiting({ protocol, local }: Flow): readonly SimulatedSocket[] {
    const candidates = [...this.#sockets].filter(
      (socket) =>
        socket.protocol === protocol &&
        !socket.isConnected &&
        socket.isWaiting &&
        socket.local.port === local.port,
    );
    const exact = candidates.filter((socket) => sameBytes(socket.local.ip, local.ip));
    if (exact.length > 0) return exact;
    return candidates.filter(
      ({ local: { ip } }) => isUnspecified(ip) && (ip.length === local.ip.length || ip.length === 16),
    );
  }

  /** Whether another socket has a port already, and does not share it. */
  isTaken(own: SimulatedSocket, ip: Uint8Array, port: number): boolean {
    return [...this.#sockets].some(
      (other) =>
        other !== own &&
        other.protocol === own.protocol &&
        !other.isConnected &&
        other.local.port === port &&
        !(other.sharesPort && own.sharesPort) &&
        (sameBytes(other.local.ip, ip) || isUnspecified(other.local.ip) || isUnspecified(ip)),
    );
  }
}
