import type { EngineMemory } from '../../memory.js';
import { SOCK_MARK, SOCK_PRIORITY } from '../../runtime/layout.js';
import type { SimulatedSocket } from '../sockets.js';

const SOL_SOCKET = 1;
const SO_PRIORITY = 12;
const SO_MARK = 36;
const TCP_CONGESTION = 13;
const IPPROTO_TCP = 6;

/** The options that programs may set, by level. Source: Linux 6.18, net/core/filter.c (sol_socket_sockopt and others). */
const OPTIONS: Readonly<Record<number, readonly number[]>> = {
  [SOL_SOCKET]: [2, 7, 8, 9, SO_PRIORITY, 18, 25, SO_MARK, 47, 74],
  0: [1],
  [IPPROTO_TCP]: [1, 2, 4, 5, 6, 7, 10, TCP_CONGESTION, 18, 25, 28, 1001, 1002, 1003, 1004, 1005, 1006, 1007],
  41: [67, 70],
};

/** Whether programs may set or read an option. */
export function isKnownOption(level: number, option: number): boolean {
  return OPTIONS[level]?.includes(option) ?? false;
}

/** What a program sets. The mark and the priority are those of the packets that the socket sends. */
export function setOption(
  memory: EngineMemory,
  socket: SimulatedSocket,
  level: number,
  option: number,
  value: Uint8Array,
): void {
  socket.options.set(`${level}:${option}`, value);
  const offset =
    level !== SOL_SOCKET ? undefined : { [SO_MARK]: SOCK_MARK, [SO_PRIORITY]: SOCK_PRIORITY }[option];
  if (offset !== undefined) memory.write(socket.address + offset, value.subarray(0, 4));
}

/** What was set, or zeros. */
export function optionValue(socket: SimulatedSocket, level: number, option: number): Uint8Array {
  const own = socket.options.get(`${level}:${option}`);
  if (own !== undefined) return own;
  const isCongestion = level === IPPROTO_TCP && option === TCP_CONGESTION;
  return isCongestion ? new TextEncoder().encode('cubic') : new Uint8Array(4);
}
