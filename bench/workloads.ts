/** One measured program: an object in `programs/`, and the packet it runs on. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly packet: Uint8Array;
  /** Engine ÷ kernel that must not be passed. */
  readonly goal: number;
}

function bytes(length: number, at: (index: number) => number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => at(index));
}

/** Ethernet, IPv4 without options, TCP with SYN, 20 bytes of options. */
function synPacket(): Uint8Array {
  const packet = new Uint8Array(74);
  const view = new DataView(packet.buffer);
  packet.set([0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2]);
  view.setUint16(12, 0x0800);
  packet.set([0x45, 0, 0, 60, 0, 0, 0x40, 0, 64, 6], 14);
  packet.set([192, 0, 2, 7], 26);
  packet.set([198, 51, 100, 1], 30);
  view.setUint16(34, 40000);
  view.setUint16(36, 443);
  packet[46] = 0xa0;
  packet[47] = 0x02;
  return packet;
}

const SMALL = bytes(64, () => 0);

/** Ordered as they are printed. */
export const WORKLOADS: readonly Workload[] = [
  { name: 'empty', title: 'empty', packet: SMALL, goal: 1.5 },
  { name: 'alu64', title: '64-bit ALU, 1000 steps', packet: SMALL, goal: 1.3 },
  { name: 'alu32', title: '32-bit ALU, 1000 steps', packet: SMALL, goal: 1.3 },
  {
    name: 'checksum',
    title: 'checksum of 1400 bytes',
    packet: bytes(1400, (index) => (index * 31) & 255),
    goal: 1.3,
  },
  { name: 'syn', title: 'SYN parse + hash count', packet: synPacket(), goal: 1.3 },
  { name: 'array', title: 'array counter', packet: SMALL, goal: 1.3 },
  { name: 'calls', title: '256 calls', packet: SMALL, goal: 1.5 },
];
