import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bpfAvailability, mapCreate, objectInfo, progLoad } from '../../linux/bpf.js';
import { assemble } from '../asm/index.js';
import { decodeInsns } from '../decode.js';
import type { Insn } from '../insn.js';
import { ALU_OPS, ATOMIC_FETCH, ATOMIC_OPS, BRANCH_OPS, CLASS, MODE, SIZES, SOURCE } from '../opcodes.js';
import { operationAt } from '../operation.js';
import { formatInsn } from './format.js';
import { formatListing } from './listing.js';

const SOCKET_FILTER = 1;
const { available, reason } = bpfAvailability();

const slot = (opcode: number, dst: number, src: number, off: number, imm: number): Insn => ({
  opcode,
  dst,
  src,
  off,
  imm,
});

/** At least one instruction of each kind that the table of opcodes knows, register and immediate, both widths. */
function everyInsn(): Insn[] {
  const insns: Insn[] = [];
  for (const { code, off } of ALU_OPS) {
    for (const width of [CLASS.ALU, CLASS.ALU64]) {
      insns.push(slot(width | code, 2, 0, off, 7), slot(width | code | SOURCE.X, 2, 3, off, 0));
      insns.push(slot(width | code, 2, 0, off, code === 0x60 || code === 0x70 || code === 0xc0 ? 3 : -5));
    }
  }
  for (const width of [CLASS.ALU, CLASS.ALU64]) {
    insns.push(slot(width | 0x80, 2, 0, 0, 0));
    for (const bits of [8, 16, 32]) insns.push(slot(width | 0xb8, 2, 3, bits, 0));
  }
  for (const opcode of [0xd4, 0xdc, 0xd7]) {
    for (const bits of [16, 32, 64]) insns.push(slot(opcode, 2, 0, 0, bits));
  }
  for (const { code } of BRANCH_OPS) {
    for (const width of [CLASS.JMP, CLASS.JMP32]) {
      insns.push(slot(width | code, 2, 0, 1, 7), slot(width | code, 2, 0, 1, -7));
      insns.push(slot(width | code | SOURCE.X, 2, 3, 1, 0));
    }
  }
  insns.push(slot(0x05, 0, 0, 0, 0), slot(0x06, 0, 0, 0, 0), slot(0xe5, 0, 0, 1, 0));
  for (const { code, bytes } of SIZES) {
    insns.push(slot(CLASS.LDX | MODE.MEM | code, 2, 10, -8, 0));
    insns.push(
      slot(CLASS.ST | MODE.MEM | code, 10, 0, -8, -3),
      slot(CLASS.STX | MODE.MEM | code, 10, 2, -8, 0),
    );
    if (bytes < 8) {
      insns.push(slot(CLASS.LDX | MODE.MEMSX | code, 2, 10, -8, 0));
      insns.push(
        slot(CLASS.LD | MODE.ABS | code, 0, 0, 0, 12),
        slot(CLASS.LD | MODE.IND | code, 0, 2, 0, -2),
      );
    }
    for (const atomic of ATOMIC_OPS) {
      insns.push(slot(CLASS.STX | MODE.ATOMIC | code, 10, 2, -8, atomic.code));
      if (atomic.fetch === 'optional')
        insns.push(slot(CLASS.STX | MODE.ATOMIC | code, 10, 2, -8, atomic.code | ATOMIC_FETCH));
      if (atomic.name === 'load_acquire')
        insns.push(slot(CLASS.STX | MODE.ATOMIC | code, 2, 10, -8, atomic.code));
    }
  }
  insns.push(slot(0x85, 0, 0, 0, 5), slot(0x85, 0, 1, 0, 2), slot(0x95, 0, 0, 0, 0));
  insns.push(slot(0xbf, 2, 3, 1, 1), slot(0xbf, 2, 3, 1, 0x10000));
  return insns;
}

/** Registers and stack slots set so that most instructions are accepted. */
const PROLOGUE = assemble(`
  r6 = r1
  r0 = 0
  r2 = 20
  r3 = 4
  *(u64 *)(r10 - 8) = r2
`);
/** What must follow an instruction so that all of the program is reached. */
function epilogue(insn: Insn): Insn[] {
  if (insn.opcode === 0x95) return [];
  const callee = insn.opcode === 0x85 && insn.src === 1 ? 'r0 = 0\nexit' : '';
  return assemble(`r0 = 0\nexit\n${callee}`);
}

/** The kernel's line of log for an instruction, without the state behind it; undefined when it has none. */
function loggedLine(log: string, index: number): string | undefined {
  const line = log.split('\n').find((candidate) => candidate.startsWith(`${index}: (`));
  return line
    ?.replace(/^\d+: /, '')
    .replace(/\s*;.*$/, '')
    .trimEnd();
}

const HELPERS: Readonly<Record<number, string>> = { 1: 'bpf_map_lookup_elem', 5: 'bpf_ktime_get_ns' };
const helperName = (id: number) => HELPERS[id];

test.skipIf(!available)(`instructions are written as the verifier's log writes them ${reason}`, () => {
  const unseen: string[] = [];
  for (const insn of everyInsn()) {
    const insns = [...PROLOGUE, insn, ...epilogue(insn)];
    const load = progLoad({ type: SOCKET_FILTER, insns, license: 'GPL', logLevel: 2 });
    if (load.ok) load.program.close();
    const logged = loggedLine(load.log, PROLOGUE.length);
    const ours = formatInsn(insns, PROLOGUE.length, { style: 'verifier', opcode: true, helperName });
    if (logged === undefined) unseen.push(`${ours}    ${load.log.split('\n').slice(-3).join(' | ')}`);
    else expect.soft(ours).toBe(logged);
  }
  expect(unseen).toEqual([]);
});

test.skipIf(!available)(`64-bit immediates are written as the verifier's log writes them ${reason}`, () => {
  const insns = assemble('r2 = 0xfedcba9876543210 ll\nr3 = 1 ll\nr0 = 0\nexit');
  const load = progLoad({ type: SOCKET_FILTER, insns, license: 'GPL', logLevel: 2 });
  if (load.ok) load.program.close();
  for (const index of [0, 2])
    expect(formatInsn(insns, index, { style: 'verifier', opcode: true })).toBe(loggedLine(load.log, index));
});

/** bpftool and what it needs, or why the comparison with it cannot be made here. */
function bpftoolAvailability(): string {
  if (!available) return reason;
  try {
    execFileSync('bpftool', ['version'], { stdio: 'pipe' });
    return '';
  } catch (error) {
    return `bpftool does not run: ${(error as Error).message}`;
  }
}

/** Names of kernel functions by address: what bpftool prints for helpers. */
function kernelSymbols(): { readonly base: bigint; readonly names: ReadonlyMap<bigint, string> } {
  const names = new Map<bigint, string>();
  let base = 0n;
  for (const line of readFileSync('/proc/kallsyms', 'utf8').split('\n')) {
    const [address = '0', , name = ''] = line.split(/\s+/);
    const value = BigInt(`0x${address || '0'}`);
    if (value !== 0n && !names.has(value)) names.set(value, name);
    if (name === '__bpf_call_base') base = value;
  }
  return { base, names };
}

/** What bpftool says of a loaded program: its text, and the same instructions as bytes. */
function dump(program: { readonly fd: number }): { text: string; insns: Insn[] } {
  const info = objectInfo(program as Parameters<typeof objectInfo>[0], 8);
  const id = String(new DataView(info.buffer).getUint32(4, true));
  const text = execFileSync('bpftool', ['prog', 'dump', 'xlated', 'id', id], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  const folder = mkdtempSync(join(tmpdir(), 'skep-xlated-'));
  try {
    const file = join(folder, 'raw');
    execFileSync('bpftool', ['prog', 'dump', 'xlated', 'id', id, 'file', file], { stdio: 'pipe' });
    return { text, insns: decodeInsns(readFileSync(file)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const why = bpftoolAvailability();

test.skipIf(why !== '')(`programs are written as bpftool prog dump xlated writes them ${why}`, () => {
  using hash = mapCreate({ type: 1, keySize: 4, valueSize: 8, maxEntries: 4 });
  using array = mapCreate({ type: 2, keySize: 4, valueSize: 64, maxEntries: 1 });
  const { base, names } = kernelSymbols();
  const insns = assemble(`
    r9 = 1
    r1 = map[idx:0][]
    *(u32 *)(r10 - 4) = 7
    r2 = r10
    r2 += -4
    call 1
    if r0 == 0 goto absent
    lock *(u64 *)(r0 + 0) += r9
  absent:
    r1 = map[idx:1]+16
    exit
  `);
  const load = progLoad({ type: SOCKET_FILTER, insns, license: 'GPL', logLevel: 2, maps: [hash, array] });
  if (!load.ok) throw new Error(load.log);
  using program = load.program;
  const seen = dump(program);
  const options = { helperName: (offset: number) => names.get(base + BigInt(offset)) };
  expect(formatListing(seen.insns, options)).toBe(seen.text);
});

/** Whether bpftool 7.1, whose printer is of Linux 6.1, knows an instruction. The log test covers the others. */
function isKnownTo61(insn: Insn): boolean {
  const operation = operationAt([insn], 0);
  switch (operation.kind) {
    case 'alu':
      return operation.op !== 'sdiv' && operation.op !== 'smod';
    case 'atomic':
      return operation.op !== 'load_acquire' && operation.op !== 'store_release';
    case 'load':
      return !operation.signed;
    case 'goto':
      return !operation.wide;
    case 'end':
      return operation.to !== 'bswap';
    case 'movsx':
    case 'may_goto':
    case 'addr_space_cast':
    case 'invalid':
    case 'exit':
    case 'call_local':
      return false;
    default:
      return true;
  }
}

test.skipIf(why !== '')(`every instruction is written as bpftool writes it ${why}`, () => {
  const { base, names } = kernelSymbols();
  // Unknown values, so that the kernel removes no branch.
  const setup = assemble('r2 = *(u32 *)(r6 + 0)\nr3 = *(u32 *)(r6 + 4)\n*(u64 *)(r10 - 8) = r2');
  const body = everyInsn()
    .filter(isKnownTo61)
    .flatMap((insn) => [
      ...setup,
      (insn.opcode & 0x07) === CLASS.JMP && insn.off === 1 ? { ...insn, off: 0 } : insn,
    ]);
  const insns = [
    ...assemble('r6 = r1\nr0 = 0'),
    ...body,
    ...assemble('call f\nr0 = 0\nexit\nf: r0 = 1\nexit'),
  ];
  const load = progLoad({ type: SOCKET_FILTER, insns, license: 'GPL', logLevel: 4 });
  if (!load.ok) throw new Error(load.log);
  using program = load.program;
  const seen = dump(program);
  expect(seen.insns.length).toBeGreaterThan(600);
  const listing = formatListing(seen.insns, {
    helperName: (offset) => names.get(base + BigInt(offset)),
    // In a dump the distance is in off; bpftool adds the name of the function that the kernel compiled.
    localCall: (insn) => `+${insn.off}#${/#(bpf_prog_\w+)/.exec(seen.text)?.[1]}`,
  });
  expect(listing.split('\n')).toEqual(seen.text.split('\n'));
});
