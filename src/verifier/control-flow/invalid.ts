import {
  CLASS,
  type Insn,
  type InvalidInsn,
  JMP_CALL,
  JMP_EXIT,
  JMP_JA,
  operationAt,
} from '../../isa/index.js';
import type { Session } from '../explore/session.js';
import { atomicOpcode } from '../rules/atomic-opcode.js';
import { invalidRegister } from '../rules/invalid-register.js';
import { legacyLoad } from '../rules/legacy-load.js';
import { reservedFields } from '../rules/reserved-fields.js';
import { refuse } from '../rules/rule.js';
import { unknownOpcode } from '../rules/unknown-opcode.js';

/** An instruction without a meaning was reached. @throws {Refusal} always, in Linux's words for its class. */
export function judgeInvalid(s: Session): never {
  const insn = s.shape.insns[s.at] as Insn;
  const problem = operationAt(s.shape.insns, s.at) as InvalidInsn;
  if (problem.field === 'dst' && insn.dst > 10) refuse(invalidRegister, s.at, { reg: insn.dst });
  if (problem.field === 'src' && insn.src > 10) refuse(invalidRegister, s.at, { reg: insn.src });
  if (problem.field === 'opcode' && !problem.reason.includes('atomic'))
    refuse(unknownOpcode, s.at, { opcode: insn.opcode });
  const kind = insn.opcode & 0x07;
  if (kind === CLASS.STX && (insn.opcode & 0xe0) === 0xc0) {
    const text =
      problem.field === 'imm'
        ? `BPF_ATOMIC uses invalid atomic opcode ${(insn.imm >>> 0).toString(16).padStart(2, '0')}`
        : 'invalid atomic operand size';
    refuse(atomicOpcode, s.at, { text });
  }
  if (kind === CLASS.LD) refuse(legacyLoad, s.at, { text: 'BPF_LD_[ABS|IND] uses reserved fields' });
  refuse(reservedFields, s.at, { what: words(insn) });
}

/** Linux's name for an instruction's class in its message about reserved fields. */
function words(insn: Insn): string {
  const code = insn.opcode & 0xf0;
  switch (insn.opcode & 0x07) {
    case CLASS.ALU:
    case CLASS.ALU64:
      return code === 0x80 ? 'BPF_NEG' : code === 0xd0 ? 'BPF_END' : code === 0xb0 ? 'BPF_MOV' : 'BPF_ALU';
    case CLASS.JMP:
    case CLASS.JMP32:
      return code === JMP_CALL
        ? 'BPF_CALL'
        : code === JMP_EXIT
          ? 'BPF_EXIT'
          : code === JMP_JA
            ? 'BPF_JA'
            : 'BPF_JMP/JMP32';
    case CLASS.LDX:
      return 'BPF_LDX';
    case CLASS.ST:
      return 'BPF_ST';
    default:
      return 'BPF_STX';
  }
}
