import { attachBtfId } from '../../src/hooks/attach-btf.js';
import { attachTypeByName, hookByName, PROGRAM_TYPES, type ProgramTypeName } from '../../src/hooks/index.js';
import type { Insn } from '../../src/isa/index.js';
import { kernelStructOps, memberIndex } from '../../src/kernel/struct-ops.js';
import { mapCreate, progLoad, type RawMapShape } from '../../src/linux/bpf.js';
import type { StructOpsMember } from '../../src/object/spec.js';
import { kernelTypes } from './kernel-types.js';
import type { TestLoad } from './verifier-program.js';

/** Numbers of the program types that tests load: `enum bpf_prog_type`. */
export const PROG_TYPE = Object.fromEntries(PROGRAM_TYPES.map(({ name, id }) => [name, id])) as Readonly<
  Record<ProgramTypeName, number>
>;

/** BPF_F_SLEEPABLE */
const SLEEPABLE = 16;

/** What bpf(2) must be told to load a program of a type, and for an attach type. */
export function loadAs(
  hook: string,
  { attachType, target, sleepable, structOps }: Omit<TestLoad, 'license'> = {},
) {
  const facts = hookByName(hook);
  if (facts === undefined) throw new RangeError(`no hook ${hook}`);
  const attach = attachType === undefined ? undefined : attachTypeByName(attachType);
  if (attachType !== undefined && attach === undefined) throw new RangeError(`no attach type ${attachType}`);
  return {
    type: facts.id,
    ...(attach === undefined ? {} : { expectedAttachType: attach.id }),
    ...(target === undefined ? {} : { attachBtfId: attachBtfId(kernelTypes(), attachType, target) ?? 0 }),
    ...(structOps === undefined ? {} : memberOf(structOps)),
    ...(facts.sleepable === 'must' || sleepable === true ? { flags: SLEEPABLE } : {}),
  };
}

/** A member of a struct of functions is told by its place. */
function memberOf({ struct, member }: StructOpsMember) {
  const found = kernelStructOps(kernelTypes(), struct);
  return { attachBtfId: found.type, expectedAttachType: memberIndex(found, struct, member) };
}

export interface KernelVerifyOptions {
  readonly progType?: keyof typeof PROG_TYPE;
  /** Maps to make; instructions name them by index (`map_idx`, `map_idx_value`). */
  readonly maps?: readonly RawMapShape[];
  readonly license?: string;
  /** 1 instructions and states, 2 every step (the default), 4 statistics. */
  readonly logLevel?: number;
  /** BPF_F_*: 8 keeps a state at every prune point (BPF_F_TEST_STATE_FREQ). */
  readonly flags?: number;
}

export interface KernelVerdict {
  readonly ok: boolean;
  /** 0 when accepted. */
  readonly errno: number;
  readonly log: string;
}

/** What this machine's own kernel says of a program: loads it, keeps the log, and closes everything again. */
export function kernelVerify(insns: readonly Insn[], options: KernelVerifyOptions = {}): KernelVerdict {
  const maps = (options.maps ?? []).map((shape) => mapCreate(shape));
  try {
    const result = progLoad({
      type: PROG_TYPE[options.progType ?? 'socket_filter'],
      insns,
      license: options.license ?? 'GPL',
      logLevel: options.logLevel ?? 2,
      maps,
      flags: options.flags ?? 0,
    });
    if (!result.ok) return result;
    result.program.close();
    return { ok: true, errno: 0, log: result.log };
  } finally {
    for (const map of maps) map.close();
  }
}

/** Why this machine's kernel cannot be asked, or undefined when it can: the reason that a test skips with. */
export function kernelRefusal(): string | undefined {
  try {
    const exit: Insn[] = [
      { opcode: 0xb7, dst: 0, src: 0, off: 0, imm: 0 },
      { opcode: 0x95, dst: 0, src: 0, off: 0, imm: 0 },
    ];
    const verdict = kernelVerify(exit);
    return verdict.ok ? undefined : `bpf(2) answered errno ${verdict.errno}`;
  } catch (error) {
    return `bpf(2) cannot be called: ${String(error)}`;
  }
}
