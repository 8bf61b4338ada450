import { Cgroups } from './cgroups.js';
import { Devices } from './devices.js';

/** A packet that a program sent on by itself (`bpf_clone_redirect`). */
export interface SentPacket {
  readonly ifindex: number;
  /** Into the device, as if it had been received there. */
  readonly ingress: boolean;
  readonly data: Uint8Array;
}

/** A signal that a program sent. */
export interface SentSignal {
  readonly signal: number;
  /** To the thread alone, not to its process. */
  readonly thread: boolean;
  readonly pid: number;
  readonly tgid: number;
}

const MOST_KEPT = 4096;
/** The ports that are given to sockets that ask for none. */
const FIRST_PORT = 32768;
const LAST_PORT = 60999;

/** The host that programs see around them: devices, cgroups, and what programs did to it. */
export class World {
  readonly devices = new Devices();
  readonly cgroups = new Cgroups();
  /** Files of /proc/sys that were written, by their names: `net/ipv4/ip_forward`. */
  readonly sysctls = new Map<string, string>();
  /** What programs sent, the oldest first; no more than the last 4096. */
  readonly packets: SentPacket[] = [];
  readonly signals: SentSignal[] = [];
  #nextPort = FIRST_PORT;

  /** One port after the other, from the beginning again after the last. */
  freePort(): number {
    const port = this.#nextPort;
    this.#nextPort = port === LAST_PORT ? FIRST_PORT : port + 1;
    return port;
  }

  send(packet: SentPacket): void {
    this.packets.push(packet);
    if (this.packets.length > MOST_KEPT) this.packets.shift();
  }

  signal(signal: SentSignal): void {
    this.signals.push(signal);
    if (this.signals.length > MOST_KEPT) this.signals.shift();
  }
}
