import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffPackets, dissect, ethernet, ipv4, ipv6, packet, packetText, tcp, udp, vlan } from './index.js';

const seed = Number(process.env['SKEP_FUZZ_SEED'] ?? 20261125);
const numRuns = Number(process.env['SKEP_FUZZ_RUNS'] ?? 500);

/** Packets with some bytes changed, cut or added: near what is real, and mostly broken. */
const damaged = fc
  .tuple(
    fc.constantFrom(
      packet(ethernet(), ipv4(), tcp({ flags: 'SYN', options: [{ kind: 'mss', size: 1460 }] }), 'data'),
      packet(ethernet(), vlan(), ipv6(), udp(), 'data'),
      packet(ethernet(), ipv4({ options: new Uint8Array(8) }), udp({ dstPort: 4789 }), new Uint8Array(40)),
    ),
    fc.array(fc.tuple(fc.nat(90), fc.nat(255)), { maxLength: 4 }),
    fc.nat(100),
  )
  .map(([whole, changes, length]) => {
    const bytes = new Uint8Array(Math.min(length, whole.length + 8));
    bytes.set(whole.subarray(0, bytes.length));
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    return bytes;
  });
const anything = fc.oneof(damaged, fc.uint8Array({ maxLength: 120 }));

test(`any bytes are taken apart into layers that hold each byte once (seed ${seed})`, () => {
  fc.assert(
    fc.property(anything, (bytes) => {
      const layers = dissect(bytes);
      expect(layers.flatMap((layer) => [...layer.bytes])).toEqual([...bytes]);
      for (const { fields, bytes: own } of layers.filter((layer) => layer.fields.length > 0))
        expect(fields.reduce((sum, { bits }) => sum + bits, 0)).toBe(own.length * 8);
      expect(packetText(bytes)).not.toBe('');
    }),
    { numRuns, seed },
  );
});

test(`two packets differ if and only if their bytes do, and the difference names something (seed ${seed})`, () => {
  fc.assert(
    fc.property(anything, anything, (a, b) => {
      const difference = diffPackets(a, b);
      expect(difference === undefined).toBe(a.length === b.length && a.every((byte, at) => byte === b[at]));
      if (difference !== undefined) expect(difference).toMatch(/^[-+] /m);
      expect(diffPackets(a, a)).toBeUndefined();
    }),
    { numRuns, seed },
  );
});
