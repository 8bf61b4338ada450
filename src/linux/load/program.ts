import { SkepError } from '../../errors/base.js';
import { ERRNO, KernelError } from '../../errors/errno.js';
import { attachTypeByName, hookByName } from '../../hooks/index.js';
import { capabilitiesToLoad } from '../../hooks/load-capabilities.js';
import type { LoadableProgram, LoadProgramOptions } from '../../kernel/kernel.js';
import { kernelStructOps, memberIndex } from '../../kernel/struct-ops.js';
import { progLoad, type RawProgram } from '../bpf/program.js';
import { errnoName } from '../explain/errno.js';
import { permissionHint } from '../explain/privileges.js';
import type { LinuxEnvironment } from '../probe/environment.js';
import { hasFeature } from '../probe/features.js';
import type { Fd } from '../sys/fd.js';
import { attachBtfId } from './attach-btf.js';
import { rejected } from './rejection.js';
import { loadProgramTypes } from './types.js';

/** `BPF_F_SLEEPABLE`, `BPF_F_XDP_HAS_FRAGS` */
const FLAG = { sleepable: 1 << 4, xdpFrags: 1 << 5 } as const;

/** The function of another program that a program replaces or traces. */
export interface ProgramTarget {
  readonly program: Fd;
  readonly btfId: number;
}

/** What a program is loaded with. */
export interface LoadContext {
  /** What `map_idx` immediates index. */
  readonly maps: readonly Fd[];
  readonly into: ProgramTarget | undefined;
  readonly environment: LinuxEnvironment;
}

/**
 * Verifies and loads a program: first without a log, as that is faster, and when the kernel refuses it again with one.
 *
 * @throws {ProgramRejected} when the verifier refuses; {KernelError} when the kernel refuses to look at it.
 */
export function loadProgram(program: LoadableProgram, context: LoadContext, options: LoadProgramOptions): Fd {
  const types =
    program.btf === undefined ? undefined : loadProgramTypes(program.btf, program.subprograms, program.lines);
  try {
    const raw: RawProgram = {
      ...plain(program),
      ...target(program, context),
      maps: context.maps,
      ...(types ?? {}),
    };
    const level = options.logLevel ?? 0;
    let answer = progLoad({ ...raw, logLevel: level });
    if (!answer.ok && level === 0) answer = progLoad({ ...raw, logLevel: 1 });
    options.onLog?.(answer.log);
    if (answer.ok) return answer.program;
    if (answer.log === '') throw refused(program, answer.errno);
    throw rejected(program, answer.errno, answer.log);
  } finally {
    types?.btf.close();
  }
}

function plain(program: LoadableProgram): RawProgram {
  const hook = hookByName(program.type);
  if (hook === undefined)
    throw new KernelError('EINVAL', `Linux has no program type ${program.type}`, {
      facts: { type: program.type },
    });
  const sleepable = program.sleepable === true || hook.sleepable === 'must';
  return {
    type: hook.id,
    insns: program.insns,
    license: program.license,
    kernelVersion: program.kernelVersion,
    flags: (sleepable ? FLAG.sleepable : 0) | (program.xdpFrags ? FLAG.xdpFrags : 0),
    ...(hasFeature('prog_name') ? { name: program.name } : {}),
  };
}

/** What the program is to be attached to, as far as the verifier has to know it. */
function target(
  { name, type, attachType, attachTo, structOps }: LoadableProgram,
  { into, environment }: LoadContext,
): Pick<RawProgram, 'expectedAttachType' | 'attachBtfId' | 'attachTo'> {
  if (structOps !== undefined) {
    const struct = kernelStructOps(environment.btf, structOps.struct);
    const index = memberIndex(struct, structOps.struct, structOps.member);
    return { expectedAttachType: index, attachBtfId: struct.type };
  }
  if (type === 'struct_ops') throw noMember(name);
  const expected = attachType ?? defaultAttachType(type);
  const found = expected === undefined ? undefined : attachTypeByName(expected);
  const expectedType = found === undefined ? {} : { expectedAttachType: found.id };
  if (into !== undefined) return { ...expectedType, attachBtfId: into.btfId, attachTo: into.program };
  const btfId = attachBtfId(expected, attachTo, () => environment.btf);
  return {
    ...expectedType,
    ...(btfId === undefined ? {} : { attachBtfId: btfId }),
  };
}

function noMember(name: string): SkepError {
  return new SkepError(
    'NO_TARGET',
    `program ${name} is of type struct_ops, and no struct of the object has it as a member`,
    {
      facts: { program: name },
      hint: 'name it in a struct in SEC(".struct_ops") or SEC(".struct_ops.link")',
    },
  );
}

/** For types that cannot be loaded without one and have only one. */
function defaultAttachType(type: string): string | undefined {
  const types = hookByName(type)?.attachTypes ?? [];
  return type === 'sk_lookup' || type === 'netfilter' ? types[0] : undefined;
}

function refused({ name, type }: LoadableProgram, errno: number): KernelError {
  const code = errnoName(errno);
  const needs = ['CAP_BPF', capabilitiesToLoad(type).includes('perfmon') ? 'CAP_PERFMON' : 'CAP_NET_ADMIN'];
  const hint =
    errno === ERRNO.EPERM
      ? permissionHint(needs)
      : `this kernel may not have programs of type ${type} (Linux ${hookByName(type)?.since}), or not for this target`;
  return new KernelError(code, `the kernel does not take program ${name} of type ${type}: ${code}`, {
    facts: { program: name, type, errno },
    hint,
  });
}
