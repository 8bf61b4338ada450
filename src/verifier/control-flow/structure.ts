import { nameOf } from '../../btf/index.js';
import { CLASS, type Insn, MODE, OPCODE_LD_IMM64, operationAt } from '../../isa/index.js';
import { symbolPointer } from '../kernel-types/symbol.js';
import { arena } from '../rules/arena.js';
import { kernelSymbol } from '../rules/kernel-symbol.js';
import { ldImm64 } from '../rules/ld-imm64.js';
import { mapReference } from '../rules/map-reference.js';
import { reservedFields } from '../rules/reserved-fields.js';
import { refuse } from '../rules/rule.js';
import { unknownOpcode } from '../rules/unknown-opcode.js';
import type { VerifierProgram } from '../verify.js';
import { checkMapProgram } from './map-compatibility.js';

/** Bytes of the pages that an arena has as entries. */
const ARENA_PAGE = 4096;

/** Every instruction has a known opcode, every 64-bit immediate is whole and names something that is there. */
export function checkInstructions(program: VerifierProgram): void {
  const { insns } = program;
  const arenas = new Set<number>();
  for (let index = 0; index < insns.length; index++) {
    const insn = insns[index] as Insn;
    const isLoad = (insn.opcode & 0x07) === CLASS.LDX;
    const mode = insn.opcode & 0xe0;
    if (isLoad && ((mode !== MODE.MEM && mode !== MODE.MEMSX) || insn.imm !== 0))
      refuse(reservedFields, index, { what: 'BPF_LDX' });
    if (insn.opcode === OPCODE_LD_IMM64) {
      checkLdImm64(program, insn, index, arenas);
      index++;
      continue;
    }
    const operation = operationAt(insns, index);
    if (operation.kind === 'invalid' && operation.field === 'opcode' && !operation.reason.includes('atomic'))
      refuse(unknownOpcode, index, { opcode: insn.opcode });
  }
}

/** @param arenas those that instructions before have named. */
function checkLdImm64(program: VerifierProgram, insn: Insn, index: number, arenas: Set<number>): void {
  const next = program.insns[index + 1];
  const whole =
    next !== undefined &&
    next.opcode === 0 &&
    next.dst === 0 &&
    next.src === 0 &&
    next.off === 0 &&
    insn.off === 0;
  if (!whole) refuse(ldImm64, index, { recognised: true });
  const operation = operationAt(program.insns, index);
  if (insn.src > 6) refuse(ldImm64, index, { recognised: false });
  if (operation.kind !== 'ld_imm64') return;
  const { pseudo, low, high } = operation;
  if (pseudo === 'btf_id' && program.kernelBtf !== undefined) {
    const name = nameOf(program.kernelBtf.types.at(low) ?? { kind: 'void' });
    const symbol = symbolPointer(program.kernelBtf, low);
    if (!('problem' in symbol) && program.hasSymbol?.(name) === false)
      refuse(
        kernelSymbol,
        index,
        { text: `ldimm64 failed to find the address for kernel symbol '${name}'.` },
        'ENOENT',
      );
    if ('problem' in symbol) refuse(kernelSymbol, index, { text: symbol.problem });
  }
  // Where programs are verified, descriptors have become indexes.
  const isValue = pseudo === 'map_idx_value' || pseudo === 'map_value';
  if (!isValue && pseudo !== 'map_idx' && pseudo !== 'map_fd') return;
  const map = program.maps[low];
  if (map === undefined) {
    refuse(mapReference, index, { problem: 'unknown', map: low }, 'EBADF');
    return;
  }
  checkMapProgram(program, map, index);
  if (map.type.isArena === true && arenas.add(low).size > 1)
    refuse(arena, index, { problem: 'several' }, 'EBUSY');
  if (!isValue) {
    if (high !== 0) refuse(ldImm64, index, { recognised: false });
    return;
  }
  if (!map.type.directValue) refuse(mapReference, index, { problem: 'no_direct_value', map: low });
  const off = high >>> 0;
  const isInside =
    map.type.isArena === true
      ? off <= map.maxEntries * ARENA_PAGE
      : map.maxEntries === 1 && off < map.valueSize;
  if (!isInside)
    refuse(mapReference, index, { problem: 'value_offset', map: low, valueSize: map.valueSize, off });
}
