import type { NetStack } from '../net/stack.js';
import { sendData } from '../net/tcp/send.js';
import { connectionOf } from '../net/tcp/state.js';
import type { SimulatedSocket } from '../sockets.js';

/** Bytes that a task sends by TCP. @returns how many were taken */
export function sendStream(net: NetStack, socket: SimulatedSocket, data: Uint8Array): number {
  sendData(net, socket, data);
  return data.length;
}

/** Bytes that came in by TCP, in order, are put where the task reads them. */
export function deliverStream(_net: NetStack, socket: SimulatedSocket, data: Uint8Array): void {
  connectionOf(socket).received.push(data);
}
