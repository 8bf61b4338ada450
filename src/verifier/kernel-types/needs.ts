import { typesOfKind } from '../../btf/index.js';
import type { Btf, BtfType } from '../../btf/types.js';
import { helperById } from '../../helpers/registry.js';
import { viewOf } from '../../hooks/access.js';
import type { Hook } from '../../hooks/hook.js';
import { CALL, CLASS, type Insn, JMP_CALL, LD_IMM64_PSEUDO, OPCODE_LD_IMM64 } from '../../isa/index.js';
import type { MapFacts } from '../../maps/map-type.js';

/** Tags of global functions whose arguments are the kernel's. */
const TAGGED = /^arg:(un)?trusted$/;
/** Tags of pointers to objects, which may be the kernel's. */
const POINTERS = /^(percpu_)?kptr(_untrusted)?$/;
const PSEUDO_BTF_ID = LD_IMM64_PSEUDO.find(({ name }) => name === 'btf_id')?.code;

/**
 * Whether a program can be decided only with the types of the kernel, which take a moment to read: it calls functions of
 * the kernel, or gets pointers to its structs from its context or from helpers.
 */
export function needsKernelTypes(program: {
  readonly insns: readonly Insn[];
  readonly hook: Hook;
  readonly attachType?: string | undefined;
  readonly btf?: Btf | undefined;
  /** Those that it names. */
  readonly maps?: readonly MapFacts[];
}): boolean {
  const { hook, attachType, insns, btf, maps = [] } = program;
  if (hook.ctx.fields === 'btf') return true;
  const tags = btf === undefined ? [] : [...typesOfKind(btf, 'decl_tag', 'type_tag')];
  if (tags.some(([, tag]) => isTag(tag))) return true;
  if (maps.some(({ types }) => types?.special.some(({ pointer }) => pointer !== undefined) === true))
    return true;
  const pointers = Object.values(viewOf(hook, attachType)?.access?.pointers ?? {});
  return pointers.some((word) => word.includes('ptr_')) || insns.some(needsTypes);
}

function isTag(type: BtfType): boolean {
  if (type.kind === 'decl_tag') return TAGGED.test(type.name);
  return type.kind === 'type_tag' && POINTERS.test(type.name);
}

function needsTypes({ opcode, src, imm }: Insn): boolean {
  if (opcode === OPCODE_LD_IMM64) return src === PSEUDO_BTF_ID;
  if (opcode !== (CLASS.JMP | JMP_CALL)) return false;
  return src === CALL.KFUNC || (src === CALL.HELPER && usesStructs(imm));
}

/** A helper that takes or returns pointers to structs of the kernel. */
function usesStructs(id: number): boolean {
  const helper = helperById(id);
  const args =
    helper === undefined ? [] : [helper.args, ...(helper.variants ?? []).map(({ args }) => args)].flat();
  return helper?.returns.kind === 'pointer' || args.some(({ kind }) => kind === 'pointer');
}
