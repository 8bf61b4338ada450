import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readBitcode } from '../../src/compiler/bitcode/read.js';
import { bundledClang } from '../../src/compiler/front/node/bundled.js';
import { printModule } from '../../src/compiler/ir/print.js';
import { clangBitcode, cPrograms, headersUnder, installed, LlvmTools } from './llvm.js';

/** Programs that a pair of LLVMs cannot be the judge of, and why. */
const NO_REFEREE: Readonly<Record<string, string>> = {
  'clang-19 aliases.c': 'clang 19 crashes in its BPF passes on an alias',
  'bundled aliases.c': 'clang 22 with assertions crashes on an alias',
  'clang-14 tags.c': 'LLVM 19 drops the annotations that LLVM 14 wrote',
  'clang-14 weak.c': 'LLVM 19 has no comparison of addresses as a constant',
};

/**
 * The proof that the reader misses nothing: LLVM disassembles what it wrote itself, and what comes of reading
 * and printing it here and assembling it again. Both texts must be equal.
 */
async function expectSameModule(bitcode: Uint8Array, tools: LlvmTools): Promise<void> {
  const again = await tools.assemble(printModule(readBitcode(bitcode)));
  const [ours, theirs] = await Promise.all([again, bitcode].map((bytes) => tools.disassemble(bytes)));
  expect(ours).toBe(theirs);
}

/** Both must become the same object code too. Bitcode says in which order values are used, text does not, and
 * LLVM's choices depend on it: so the original goes through text as well. */
async function expectSameObject(bitcode: Uint8Array, tools: LlvmTools): Promise<void> {
  const again = await tools.assemble(printModule(readBitcode(bitcode)));
  await tools.verify(again);
  const original = await tools.assemble(await tools.disassemble(bitcode));
  const [ours, theirs] = await Promise.all([again, original].map((bytes) => tools.objectCode(bytes)));
  expect(ours).toEqual(theirs);
}

/** A test of one program, skipped with its reason where there is no referee. */
function judged(clang: string, program: string, body: () => Promise<void>): void {
  const reason = NO_REFEREE[`${clang} ${program.split('/').pop()}`];
  test.skipIf(reason !== undefined)(reason === undefined ? program : `${program}: ${reason}`, body);
}

const JUDGES = [
  { clang: 'clang-19', version: 19 },
  // LLVM 19 brings bitcode of LLVM 14 to its own form, as the reader does.
  { clang: 'clang-14', version: 19 },
] as const;

for (const { clang, version } of JUDGES) {
  const ready = installed(clang) && installed(`llvm-as-${version}`);
  describe.skipIf(!ready)(`bitcode of ${clang} (needs ${clang} and LLVM ${version}) reads whole`, () => {
    const tools = new LlvmTools(version);
    afterAll(() => tools.close());

    for (const program of cPrograms()) {
      judged(clang, program, async () => {
        const bitcode = await clangBitcode(clang, program);
        await expectSameModule(bitcode, tools);
        if (clang === 'clang-19') await expectSameObject(bitcode, tools);
      });
    }
  });
}

describe.skipIf(!installed('llvm-as-22'))('bitcode of the bundled clang (needs LLVM 22) reads whole', () => {
  const tools = new LlvmTools(22);
  const clang = bundledClang();
  afterAll(async () => {
    tools.close();
    await clang.close();
  });
  const system = {
    ...headersUnder('/usr/include/linux'),
    ...headersUnder('/usr/include/asm-generic'),
    ...headersUnder('/usr/include/x86_64-linux-gnu/asm'),
    ...headersUnder('/usr/include/bpf'),
  };
  for (const program of cPrograms()) {
    judged('bundled', program, async () => {
      const { bitcode, text } = await clang.compile({
        source: program,
        files: {
          ...system,
          ...headersUnder(dirname(program)),
          [program]: new Uint8Array(readFileSync(program)),
        },
        includeDirs: ['/usr/include', '/usr/include/x86_64-linux-gnu'],
        flags: ['-w'],
      });
      expect(text).toBe('');
      await expectSameModule(bitcode!, tools);
    });
  }
});

describe('bitcode that an older LLVM wrote', () => {
  test.skipIf(!installed('clang-14'))(
    'loses its typed pointers, not what they said (needs clang-14)',
    async () => {
      const module = readBitcode(await clangBitcode('clang-14', 'test/compiler/c/tags.c'));
      expect(module.producer).toMatch(/^LLVM14\./);
      const text = printModule(module);
      expect(text).toContain('!"btf_type_tag", !"user"');
      expect(text).not.toMatch(/i32\*/);
    },
  );
});
