import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assemble, encodeInsns } from '../isa/index.js';
import { execCommand } from './exec.js';

function hexOf(text: string): string {
  return Array.from(encodeInsns(assemble(text)), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

async function exec(argv: readonly string[], stdin: string | Uint8Array = '') {
  const outcome = { status: 0, out: '', err: '' };
  outcome.status = await execCommand(argv, {
    stdin: async () => (typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin),
    stdout: (text) => {
      outcome.out += text;
    },
    stderr: (text) => {
      outcome.err += text;
    },
  });
  return outcome;
}

const RETURN_R2 = 'r0 = r2\nexit';

test.each(['jit', 'interpreter'])('runs bytecode on memory and prints r0: %s', async (engine) => {
  const program = hexOf('r0 = *(u8 *)(r1 + 1)\nr0 <<= 8\nr0 |= r2\nexit');
  expect(await exec(['aabb cc ', '--engine', engine], program)).toEqual({
    status: 0,
    out: '0xbb03\n',
    err: '',
  });
});

test('without memory r1 and r2 are 0', async () => {
  expect(await exec([], hexOf('r0 = r1\nr0 += r2\nexit'))).toMatchObject({ out: '0x0\n' });
});

test('takes the program from --program too', async () => {
  expect(await exec(['--program', hexOf(RETURN_R2), '0011'])).toMatchObject({ status: 0, out: '0x2\n' });
});

const LOOP = hexOf('loop: goto loop');
test.each([
  ['an odd digit', [], '123', 1, 'Error: the program has 3 hex digits, which are no whole bytes\n'],
  ['no hex', [], 'zz', 1, 'Error: "z" in the program is no hex digit\n'],
  [
    'half an instruction',
    [],
    '95000000',
    1,
    'Error: The program has 4 bytes, no whole number of instructions\n',
  ],
  ['nothing', [], '', 1, 'Error: The program has no instructions\n'],
  [
    'an unknown opcode',
    [],
    'ff00000000000000',
    1,
    'Error: Instruction 0 has no meaning: unknown opcode ff\n',
  ],
  [
    'a reserved field',
    [],
    '0700010001000000 9500000000000000',
    1,
    'Error: Instruction 0 has no meaning: uses reserved field off\n',
  ],
  ['a jump out', [], hexOf('goto +5\nexit'), 1, 'Error: Instruction 0 jumps to 6, where none begins\n'],
  [
    'a jump into a 64-bit immediate',
    [],
    hexOf('goto +1\nr0 = 1 ll\nexit'),
    1,
    'Error: Instruction 0 jumps to 2, where none begins\n',
  ],
  [
    'running off the end',
    [],
    hexOf('r0 = 1'),
    1,
    'Error: Execution runs off the end: the last instruction is no exit or goto\n',
  ],
  [
    'a packet load',
    [],
    hexOf('r0 = *(u8 *)skb[0]\nexit'),
    1,
    'Error: Instruction 0 loads from a packet, and there is none\n',
  ],
  ['a write to r10', [], hexOf('r10 += 1\nexit'), 1, 'Error: Instruction 0 writes r10, which is read-only\n'],
  [
    'an endless loop',
    ['--budget', '1000', '--engine', 'interpreter'],
    LOOP,
    1,
    'Error: the budget of 1000 instructions is used up, at instruction 0: (05) goto pc-1\n',
  ],
  [
    'an unknown helper',
    [],
    hexOf('call 99\nexit'),
    1,
    'Error: there is no helper 99, at instruction 0: (85) call unknown#99\n',
  ],
  [
    'a wild pointer',
    [],
    hexOf('r1 = 0xffffffff00000000 ll\n*(u64 *)(r1 + 0) = 1\nexit'),
    1,
    'Error: 8 bytes at 0xffffffff00000000 cannot be written: the address lies outside the memory of the engine, at instruction 2: (7a) *(u64 *)(r1 +0) = 1\n',
  ],
  ['an unknown option', ['--what'], '', 2, 'Error: exec has no option "--what" (see skep exec --help)\n'],
  [
    'an unknown engine',
    ['--engine', 'x'],
    '',
    2,
    'Error: there is no engine "x"; jit and interpreter are (see skep exec --help)\n',
  ],
  [
    'a budget that is none',
    ['--budget', '-1'],
    '',
    2,
    'Error: "-1" is no budget: a whole number of instructions is needed (see skep exec --help)\n',
  ],
  [
    'two memories',
    ['00', '11'],
    '',
    2,
    'Error: exec takes one argument: the memory in hex (see skep exec --help)\n',
  ],
])('%s is refused in one line', async (_what, argv, stdin, status, err) => {
  expect(await exec(argv, stdin)).toEqual({ status, out: '', err });
});

test.each(['jit', 'interpreter'])('has the helpers of the conformance tools: %s', async (engine) => {
  const calls = {
    'r1 = 1\nr2 = 2\nr3 = 3\nr4 = 4\nr5 = 5\ncall 0\nexit': '0x102030405',
    'call 1\nr0 = *(u8 *)(r0 + 0)\nexit': '0x2b',
    'r1 = 99\ncall 3\nexit': '0x9',
    'r2 = r1\ncall 4\nexit': '0x0',
    'r1 = 0\ncall 5\nr0 = 3\nexit': '0x0',
    'r1 = 1\ncall 5\nr0 = 3\nexit': '0x3',
    'r1 = 81\nr6 = 3\ncallx r6\nexit': '0x9',
  };
  for (const [program, r0] of Object.entries(calls))
    expect(await exec(['01', '--engine', engine], hexOf(program)), program).toMatchObject({
      err: '',
      out: `${r0}\n`,
    });
});

test('the JIT explains a failure as the interpreter does', async () => {
  const program = hexOf('r1 = 0x100000000 ll\nr0 = *(u8 *)(r1 + 4)\nexit');
  const { err } = await exec(['--engine', 'interpreter'], program);
  expect(err).toContain('at instruction 2');
  expect(await exec(['--engine', 'jit'], program)).toEqual({ status: 1, out: '', err });
});

test('an endless loop ends with the budget in the JIT too', async () => {
  const { status, err } = await exec(['--engine', 'jit', '--budget', '1000'], LOOP);
  expect([status, err]).toEqual([1, 'Error: the budget of 1000 instructions is used up, at instruction 0\n']);
});

/** `llvm-mc` of `main: r1 = 7; call f; exit; f: r0 = r1; r0 += 1; exit` in .text, as the runner's own objects are. */
const OBJECT = new URL('../../test/cases/exec/text-only.bpf.o', import.meta.url);
/** `clang` of a program with a constant table in .rodata and a counter in .data. */
const GLOBALS = new URL('../../test/cases/exec/globals.bpf.o', import.meta.url);

test.each(['jit', 'interpreter'])(
  'runs the first program of an ELF object, as hex or as it is: %s',
  async (engine) => {
    const bytes = readFileSync(OBJECT);
    expect(await exec(['--elf', '--engine', engine], bytes)).toEqual({ status: 0, out: '0x8\n', err: '' });
    expect(await exec(['--elf', '--engine', engine], bytes.toString('hex'))).toMatchObject({ out: '0x8\n' });
    expect(await exec(['--elf', '--engine', engine, '0203'], readFileSync(GLOBALS))).toMatchObject({
      err: '',
      out: '0x2b\n',
    });
  },
);

test('an object that is no object is refused in one line', async () => {
  expect(await exec(['--elf'], '00112233')).toMatchObject({
    status: 1,
    out: '',
    err: expect.stringMatching(/^Error: .*\n$/),
  });
  expect(await exec([], readFileSync(OBJECT))).toMatchObject({
    err: 'Error: The program is an ELF object (say so with --elf)\n',
  });
});
