/** A pcap of TCP segments over Ethernet and IPv4 from 10.0.0.x, x from `sources` in turn: every third is no SYN. */
export function synCapture(
  packets: number,
  sources: number,
): { bytes: Uint8Array; counts: Map<string, number> } {
  const length = 54;
  const bytes = new Uint8Array(24 + packets * (16 + length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 65535, true);
  view.setUint32(20, 1, true);
  const counts = new Map<string, number>();
  for (let i = 0; i < packets; i++) {
    const at = 24 + i * (16 + length);
    view.setUint32(at, 1_700_000_000 + i, true);
    view.setUint32(at + 8, length, true);
    view.setUint32(at + 12, length, true);
    const packet = at + 16;
    view.setUint16(packet + 12, 0x0800);
    const ip = packet + 14;
    bytes[ip] = 0x45;
    view.setUint16(ip + 2, 40);
    bytes.set([64, 6], ip + 8);
    const host = (i % sources) + 1;
    bytes.set([10, 0, 0, host, 10, 0, 1, 1], ip + 12);
    const tcp = ip + 20;
    view.setUint16(tcp, 1024 + (i % 60000));
    view.setUint16(tcp + 2, 80);
    bytes[tcp + 12] = 0x50;
    const isSyn = i % 3 !== 0;
    bytes[tcp + 13] = isSyn ? 0x02 : 0x10;
    if (isSyn) counts.set(`10.0.0.${host}`, (counts.get(`10.0.0.${host}`) ?? 0) + 1);
  }
  return { bytes, counts };
}
