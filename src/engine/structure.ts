import { SkepError } from '../errors/base.js';
import { FRAME_POINTER, type Insn, type InsnIndex, OPCODE_LD_IMM64, operationAt } from '../isa/index.js';

/**
 * What Linux refuses whatever a program does at run time: instructions without a meaning, jumps out of the program
 * or into the middle of a 64-bit immediate, writes to r10, a last instruction that runs off the end. Packet loads are
 * refused too, since a sandbox has no packet.
 *
 * @returns the first instruction of each function, the main one first.
 */
export function checkStructure(insns: readonly Insn[]): InsnIndex[] {
  if (insns.length === 0) throw new SkepError('EXEC_INPUT', 'The program has no instructions');
  const starts = new Set<InsnIndex>();
  const jumps: { from: InsnIndex; to: InsnIndex }[] = [];
  const functions = new Set<InsnIndex>([0]);
  for (let index = 0; index < insns.length; index++) {
    starts.add(index);
    const operation = operationAt(insns, index);
    if (operation.kind === 'invalid') {
      throw refuse('EXEC_INSN', `Instruction ${index} has no meaning: ${operation.reason}`, index);
    }
    if (writes(operation) === FRAME_POINTER)
      throw refuse('EXEC_INSN', `Instruction ${index} writes r10, which is read-only`, index);
    if (operation.kind === 'ld_abs' || operation.kind === 'ld_ind')
      throw refuse('EXEC_INSN', `Instruction ${index} loads from a packet, and there is none`, index);
    if ('offset' in operation) jumps.push({ from: index, to: index + 1 + operation.offset });
    if (operation.kind === 'call_local') functions.add(index + 1 + operation.offset);
    if (insns[index]?.opcode === OPCODE_LD_IMM64) index++;
  }
  for (const { from, to } of jumps) {
    if (!starts.has(to))
      throw refuse('EXEC_JUMP', `Instruction ${from} jumps to ${to}, where none begins`, from);
  }
  const last = operationAt(insns, Math.max(...starts));
  if (last.kind !== 'exit' && last.kind !== 'goto') {
    throw refuse(
      'EXEC_JUMP',
      'Execution runs off the end: the last instruction is no exit or goto',
      insns.length - 1,
    );
  }
  return [...functions].sort((a, b) => a - b);
}

function refuse(code: string, message: string, insn: InsnIndex): SkepError {
  return new SkepError(code, message, { facts: { insn } });
}

/** The register that an operation writes, if any. */
function writes(operation: ReturnType<typeof operationAt>): number | undefined {
  switch (operation.kind) {
    case 'branch':
    case 'store':
      return undefined;
    case 'atomic':
      if (operation.op === 'load_acquire') return operation.src;
      return operation.fetch && operation.op !== 'cmpxchg' ? operation.src : undefined;
    default:
      return 'dst' in operation ? operation.dst : undefined;
  }
}
