import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunInput } from '../../src/kernel/kernel.js';
import {
  compileCase,
  kernelAvailability,
  programsOf,
  runInEngine,
  runInLinux,
  TWIN_CASES,
} from '../support/c-twin.js';

/**
 * Every program of test/cases/twin, on every input of its kind, in the JIT, in the interpreter and in this machine's
 * kernel: the same r0, packet, context and maps.
 */
const { available, reason } = kernelAvailability;
const files = readdirSync(TWIN_CASES).filter((name) => name.endsWith('.bpf.c'));

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const padded = (text: string, size: number): Uint8Array => {
  const packet = Uint8Array.from({ length: size }, (_, i) => (i * 37 + 11) & 255);
  packet.set(bytes(text));
  return packet;
};

/** A TCP SYN over IPv4, the same with a VLAN tag, a UDP datagram over IPv6, and a frame of no known protocol. */
const PACKETS: readonly RunInput[] = [
  padded('020000000001 020000000002 0800 4500004c0001000040060000 0a000001 0a000002 1388 0050', 90),
  padded('020000000001 020000000002 8100 6005 0800 450000480001000040060000 0a000001 0a000002', 90),
  padded('020000000001 020000000002 86dd 60000000 0024 11 40', 90),
  padded('ffffffffffff 020000000002 88b5', 60),
].map((data) => ({ data }));
const INPUTS: Readonly<Record<string, readonly RunInput[]>> = {
  sched_cls: PACKETS,
  xdp: PACKETS,
};

describe.skipIf(!available).each(files)(`%s ${reason}`, (file) => {
  const spec = compileCase(file);
  // Names are known before anything is compiled, so that each program is a test of its own.
  test.each(programsOf(file))('%s', async (name) => {
    const object = await spec;
    const type = object.programs.find((program) => program.name === name)?.type ?? '';
    const inputs = INPUTS[type] ?? [{}];
    for (const input of inputs) {
      const linux = await runInLinux(object, name, input);
      expect(await runInEngine(object, name, input, 'jit'), 'the JIT').toEqual(linux);
      expect(await runInEngine(object, name, input, 'interpreter'), 'the interpreter').toEqual(linux);
    }
  });
});
