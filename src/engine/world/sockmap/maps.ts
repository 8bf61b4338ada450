import type { NetStack } from '../net/stack.js';
import type { SimulatedSocket } from '../sockets.js';

/** A socket that is closed leaves the maps that hold it. */
export function forgetSocket(_net: NetStack, socket: SimulatedSocket): void {
  socket.maps.clear();
}
