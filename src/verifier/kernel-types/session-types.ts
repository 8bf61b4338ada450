import { findByName, nameOf, resolve } from '../../btf/index.js';
import type { Btf, BtfType, BtfTypeId } from '../../btf/types.js';
import type { Session } from '../explore/session.js';
import { refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';
import type { RegAddr } from '../state/domain.js';
import { BTF_PROGRAM } from '../state/layout.js';

/** The types of the kernel. @throws {Refusal} when the program came without them. */
export function kernelBtf(s: Session): Btf {
  const { kernelBtf: btf } = s.program;
  return (
    btf ?? refuse(unsupported, s.at, { what: 'what the types of the kernel are needed for, without them' })
  );
}

/** The types that a register of a BTF type speaks of: the kernel's, or the program's own. */
export function btfOf(s: Session, reg: RegAddr): Btf {
  return s.memory.btf(reg) === BTF_PROGRAM && s.program.btf !== undefined ? s.program.btf : kernelBtf(s);
}

/** The type behind modifiers and typedefs. */
export function plainType(btf: Btf, id: BtfTypeId): BtfType {
  return btf.types.at(resolve(btf, id)) as BtfType;
}

/** Linux's words for kinds, in its messages. */
export function kindText(type: BtfType): string {
  return type.kind === 'void' ? 'UNKNOWN' : type.kind.toUpperCase();
}

/** `STRUCT task_struct`: a type in Linux's messages. */
export function typeWords(type: BtfType): string {
  return `${kindText(type)} ${nameOf(type)}`;
}

export function isScalarType(type: BtfType): boolean {
  return type.kind === 'int' || type.kind === 'enum' || type.kind === 'enum64';
}

/** A struct or a union. */
export function isStructType(type: BtfType): type is BtfType & { kind: 'struct' | 'union' } {
  return type.kind === 'struct' || type.kind === 'union';
}

/** The id of a struct of the kernel by its name, 0 when there is none. */
export function kernelStructId(s: Session, name: string): BtfTypeId {
  return findByName(kernelBtf(s), name, 'struct') ?? 0;
}

/** The name of the type that a register points to. */
export function pointedName(s: Session, reg: RegAddr): string {
  return nameOf(btfOf(s, reg).types.at(s.memory.aux(reg)) as BtfType);
}
