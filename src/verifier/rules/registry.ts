import { abnormalReturn } from './abnormal-return.js';
import { arena } from './arena.js';
import { atomicOpcode } from './atomic-opcode.js';
import { atomicTarget } from './atomic-target.js';
import { attachType } from './attach-type.js';
import { backEdge } from './back-edge.js';
import { callArguments } from './call-arguments.js';
import { callDepth } from './call-depth.js';
import { callDestination } from './call-destination.js';
import { callback } from './callback.js';
import { constantString } from './constant-string.js';
import { ctxAccess } from './ctx-access.js';
import { divByZero } from './div-by-zero.js';
import { dynptr } from './dynptr.js';
import { exception } from './exception.js';
import { framePointerReadOnly } from './frame-pointer-read-only.js';
import { graph } from './graph.js';
import { helperArgumentType } from './helper-argument-type.js';
import { helperGpl } from './helper-gpl.js';
import { helperMapType } from './helper-map-type.js';
import { helperMemory } from './helper-memory.js';
import { helperNotAllowed } from './helper-not-allowed.js';
import { helperSize } from './helper-size.js';
import { helperStruct } from './helper-struct.js';
import { helperUnknown } from './helper-unknown.js';
import { infiniteLoop } from './infinite-loop.js';
import { invalidMemAccess } from './invalid-mem-access.js';
import { invalidRegister } from './invalid-register.js';
import { invalidShift } from './invalid-shift.js';
import { iterator } from './iterator.js';
import { jumpIntoLdImm64 } from './jump-into-ld-imm64.js';
import { jumpRange } from './jump-range.js';
import { kernelStruct } from './kernel-struct.js';
import { kernelSymbol } from './kernel-symbol.js';
import { kfuncArgument } from './kfunc-argument.js';
import { kfuncNotAllowed } from './kfunc-not-allowed.js';
import { kfuncTrust } from './kfunc-trust.js';
import { kptr } from './kptr.js';
import { lastInsn } from './last-insn.js';
import { ldImm64 } from './ld-imm64.js';
import { legacyLoad } from './legacy-load.js';
import { lockHeld } from './lock-held.js';
import { mapAccess } from './map-access.js';
import { mapField } from './map-field.js';
import { mapKey } from './map-key.js';
import { mapPointerAccess } from './map-pointer-access.js';
import { mapProgram } from './map-program.js';
import { mapReference } from './map-reference.js';
import { memoryBounds } from './memory-bounds.js';
import { misaligned } from './misaligned.js';
import { mixedPointers } from './mixed-pointers.js';
import { modifiedPointer } from './modified-pointer.js';
import { object } from './object.js';
import { packetBounds } from './packet-bounds.js';
import { pointerArithmetic } from './pointer-arithmetic.js';
import { pointerLeak } from './pointer-leak.js';
import { pointerOffset } from './pointer-offset.js';
import { privileges } from './privileges.js';
import { programSize } from './program-size.js';
import { readOnly } from './read-only.js';
import { referenceLeak } from './reference-leak.js';
import { release } from './release.js';
import { reservedFields } from './reserved-fields.js';
import { returnType } from './return-type.js';
import { returnValue } from './return-value.js';
import { sectionBalance } from './section-balance.js';
import { sleepable } from './sleepable.js';
import { specialField } from './special-field.js';
import { speculation } from './speculation.js';
import { spill } from './spill.js';
import { spinLock } from './spin-lock.js';
import { stackBounds } from './stack-bounds.js';
import { stackDepth } from './stack-depth.js';
import { stackObject } from './stack-object.js';
import { stackPointerReturned } from './stack-pointer-returned.js';
import { structAccess } from './struct-access.js';
import { structOps } from './struct-ops.js';
import { tailCall } from './tail-call.js';
import { timer } from './timer.js';
import { tooComplex } from './too-complex.js';
import { tooManyJumps } from './too-many-jumps.js';
import { tooManySubprograms } from './too-many-subprograms.js';
import { uninitialisedRegister } from './uninitialised-register.js';
import { unknownOpcode } from './unknown-opcode.js';
import { unreachable } from './unreachable.js';
import { unsupported } from './unsupported.js';
import { unwrittenStack } from './unwritten-stack.js';

/** Every rule, by id. */
export const RULES = [
  atomicOpcode,
  atomicTarget,
  attachType,
  callArguments,
  callDepth,
  callDestination,
  constantString,
  ctxAccess,
  divByZero,
  framePointerReadOnly,
  helperArgumentType,
  helperGpl,
  helperMapType,
  helperMemory,
  helperNotAllowed,
  helperSize,
  helperUnknown,
  infiniteLoop,
  invalidMemAccess,
  invalidRegister,
  invalidShift,
  jumpIntoLdImm64,
  jumpRange,
  lastInsn,
  ldImm64,
  legacyLoad,
  mapAccess,
  mapKey,
  mapPointerAccess,
  mapReference,
  memoryBounds,
  misaligned,
  mixedPointers,
  modifiedPointer,
  packetBounds,
  pointerArithmetic,
  pointerOffset,
  programSize,
  readOnly,
  reservedFields,
  returnType,
  returnValue,
  spill,
  stackBounds,
  stackDepth,
  stackPointerReturned,
  structAccess,
  tailCall,
  tooComplex,
  tooManyJumps,
  tooManySubprograms,
  uninitialisedRegister,
  unknownOpcode,
  unreachable,
  abnormalReturn,
  callback,
  referenceLeak,
  release,
  arena,
  structOps,
  specialField,
  kptr,
  iterator,
  kfuncArgument,
  kfuncNotAllowed,
  kernelStruct,
  helperStruct,
  kernelSymbol,
  exception,
  kfuncTrust,
  sectionBalance,
  sleepable,
  mapField,
  spinLock,
  lockHeld,
  mapProgram,
  timer,
  dynptr,
  stackObject,
  object,
  graph,
  pointerLeak,
  speculation,
  unwrittenStack,
  privileges,
  backEdge,
  unsupported,
] as const;
