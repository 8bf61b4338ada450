import { helperById } from '../../helpers/registry.js';
import { type DisassembledInsn, disassemble } from '../../isa/disasm/index.js';
import {
  CALL,
  encodeInsns,
  INSN_BYTES,
  LD_IMM64_PSEUDO,
  type LdImm64Pseudo,
  OPCODE_LD_IMM64,
} from '../../isa/index.js';
import type { Program } from '../../kernel/kernel.js';
import type { CallNames } from '../../linux/index.js';
import type { Run } from '../context.js';
import { writeOutput } from '../files.js';
import { hexArray, hexLines } from '../format/hex.js';
import type { Json } from '../format/json.js';
import { prototype } from '../format/prototype.js';
import { takePrograms } from '../select.js';
import { dumpJited } from './prog-dump-jited.js';

type Xlated = Awaited<ReturnType<Program['xlated']>> & { readonly calls?: CallNames | undefined };
type Detail = 'file' | 'opcodes' | 'linum' | undefined;

export const run: Run = async (context) => {
  const { words, out, kernel: kernelName, withKernel } = context;
  if (words.keyword(['xlated', 'jited']) === 'jited') return dumpJited(context);
  return withKernel('read', async ({ kernel }) => {
    const programs = await takePrograms(words, kernel);
    const detail = words.left > 0 ? words.keyword(['file', 'opcodes', 'linum'] as const) : undefined;
    const file = detail === 'file' ? words.take('a file') : undefined;
    words.end();
    const answers: Json[] = [];
    for (const program of programs) {
      const code = {
        ...withMapIds(await program.xlated(), (await program.info()).mapIds),
        ...(kernelName === 'linux' ? { calls: await linuxCalls(program) } : {}),
      };
      if (file !== undefined) await writeOutput(file, encodeInsns(code.insns));
      else if (out.json) answers.push(listingJson(code, detail));
      else out.write(listingPlain(code, detail));
    }
    if (out.json && file === undefined) out.answer(answers.length === 1 ? answers[0]! : answers);
    return undefined;
  });
};

async function linuxCalls(program: Program): Promise<CallNames | undefined> {
  const { callNames, LinuxProgram } = await import('../../linux/index.js');
  return program instanceof LinuxProgram ? callNames(program) : undefined;
}

/** What bpftool shows where a program loads a map by its index among the program's maps. */
const SHOWN_AS = { map_idx: 'map_fd', map_idx_value: 'map_value' } as const;

/** Loads of maps by index as loads by id. */
function withMapIds(code: Xlated, mapIds: readonly number[]): Xlated {
  const codeOf = (name: LdImm64Pseudo): number => LD_IMM64_PSEUDO.find((row) => row.name === name)!.code;
  const insns = code.insns.map((insn, index) => {
    const isFirstHalf = insn.opcode === OPCODE_LD_IMM64 && code.insns[index - 1]?.opcode !== OPCODE_LD_IMM64;
    const name = isFirstHalf ? LD_IMM64_PSEUDO[insn.src]?.name : undefined;
    const id = mapIds[insn.imm];
    if ((name !== 'map_idx' && name !== 'map_idx_value') || id === undefined) return insn;
    return { ...insn, src: codeOf(SHOWN_AS[name]), imm: id };
  });
  return { ...code, insns };
}

/** What is known of an instruction besides its text. */
function around(code: Xlated): (insn: DisassembledInsn) => {
  readonly proto: string | undefined;
  readonly line: Xlated['lines'][number] | undefined;
  readonly bytes: Uint8Array;
} {
  const lines = new Map(code.lines.map((line) => [line.insn, line]));
  const starts = new Map(code.subprograms.map((subprogram) => [subprogram.start, subprogram]));
  const bytes = encodeInsns(code.insns);
  return ({ index, slots }) => {
    const start = starts.get(index);
    const proto =
      start === undefined || code.btf === undefined ? undefined : prototype(code.btf, start.funcType);
    return {
      proto,
      line: lines.get(index),
      bytes: bytes.subarray(index * INSN_BYTES, (index + slots) * INSN_BYTES),
    };
  };
}

function listing(code: Xlated): DisassembledInsn[] {
  const names = new Map(code.subprograms.map(({ start, name }) => [start, name]));
  return disassemble(code.insns, {
    opcode: true,
    helperName: (id) => code.callName?.(id) ?? helperById(id)?.name,
    localCall: (insn, index) => {
      if (code.calls !== undefined) return code.calls.localCall(insn);
      const name = insn.src === CALL.LOCAL ? names.get(index + 1 + insn.imm) : undefined;
      return name === undefined ? undefined : `${insn.imm < 0 ? '' : '+'}${insn.imm}#${name}`;
    },
  });
}

function listingPlain(code: Xlated, detail: Detail): string {
  const about = around(code);
  let text = '';
  for (const insn of listing(code)) {
    const { proto, line, bytes } = about(insn);
    if (proto !== undefined) text += `${proto}:\n`;
    if (line !== undefined && line.text !== '') {
      const place = ` [file:${line.file} line_num:${line.line} line_col:${line.column}]`;
      text += `; ${line.text.trimStart()}${detail === 'linum' ? place : ''}\n`;
    }
    text += `${String(insn.index).padStart(4)}: ${insn.text}\n`;
    if (detail === 'opcodes') text += `       ${opcodeText(bytes)}\n`;
  }
  return text;
}

function opcodeText(bytes: Uint8Array): string {
  const slots = [bytes.subarray(0, 8), bytes.subarray(8)].filter((slot) => slot.length > 0);
  return slots.map(hexLines).join(' ');
}

function listingJson(code: Xlated, detail: Detail): Json {
  const about = around(code);
  return listing(code).map((insn) => {
    const { proto, line, bytes } = about(insn);
    const hasText = line !== undefined && line.text !== '';
    return {
      proto,
      src: hasText ? line.text.trimStart() : undefined,
      ...(hasText && detail === 'linum'
        ? { file: line.file, line_num: line.line, line_col: line.column || undefined }
        : {}),
      disasm: insn.text,
      opcodes: detail === 'opcodes' ? opcodesJson(bytes) : undefined,
    };
  });
}

function opcodesJson(bytes: Uint8Array): Json {
  const hex = (value: number): string => `0x${value.toString(16)}`;
  return {
    code: hexArray(bytes.subarray(0, 1))[0]!,
    src_reg: hex(bytes[1]! >> 4),
    dst_reg: hex(bytes[1]! & 15),
    off: hexArray(bytes.subarray(2, 4)),
    imm: hexArray(bytes.subarray(4)),
  };
}
