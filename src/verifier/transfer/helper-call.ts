import { nameOf, trySizeOf } from '../../btf/index.js';
import { argumentsOf, capabilityToCall, mayCall } from '../../helpers/registry.js';
import { BRANCH_OPS } from '../../isa/index.js';
import type { MapKind } from '../../maps/map-type.js';
import { isGplCompatible } from '../../object/license.js';
import type { Session } from '../explore/session.js';
import { isStructType, kernelBtf, plainType } from '../kernel-types/session-types.js';
import { implementedMember } from '../kernel-types/struct-ops.js';
import { mayBeAsleep } from '../kernel-types/trust.js';
import { openRegion } from '../kfunc/sections.js';
import { setPointer } from '../obligations/btf-pointer.js';
import { checkFormat } from '../obligations/constant-string.js';
import { pointerOf } from '../obligations/ctx.js';
import { checkDynptrSource, giveBack } from '../obligations/dynptr.js';

import { type CallFacts, checkArgument, checkNoFlags } from '../obligations/helper-arguments.js';
import { handOverExchanged, setExchanged } from '../obligations/kptr.js';
import { accessMemory } from '../obligations/memory.js';
import { hasLock } from '../obligations/spin-lock.js';
import { markPrecise } from '../prune/precision.js';
import { helperGpl } from '../rules/helper-gpl.js';
import { helperMapType } from '../rules/helper-map-type.js';
import { helperNotAllowed } from '../rules/helper-not-allowed.js';
import { helperStruct } from '../rules/helper-struct.js';
import { helperUnknown } from '../rules/helper-unknown.js';
import { lockHeld } from '../rules/lock-held.js';
import { mapAccess } from '../rules/map-access.js';
import { release as releaseRule } from '../rules/release.js';
import { refuse } from '../rules/rule.js';
import { sleepable } from '../rules/sleepable.js';
import { tailCall } from '../rules/tail-call.js';
import { unsupported } from '../rules/unsupported.js';
import {
  BTF_KERNEL,
  FLAG_ALLOC,
  FLAG_MAYBE_NULL,
  FLAG_RCU,
  FLAG_RDONLY,
  FLAG_RINGBUF,
  REG_S32_MAX,
  REG_S32_MIN,
  REG_SMAX,
  REG_SMIN,
  TYPE_BTF_ID,
  TYPE_MAP_VALUE,
  TYPE_MEM,
  TYPE_SOCK_COMMON,
  TYPE_SOCKET,
  TYPE_TCP_SOCK,
} from '../state/layout.js';
import { callBack } from './callback.js';
import { forgetCallerSaved, returnEarly } from './local-call.js';
import { forgetPacket } from './packet-comparison.js';
import { acquire, checkNothingHeld, drop, holdsLock, REF_POINTER, release } from './references.js';

/** BPF_F_RDONLY_PROG */
const MAP_READ_ONLY = 0x80;
const WRITES_MAP = new Set([
  'bpf_map_update_elem',
  'bpf_map_delete_elem',
  'bpf_map_push_elem',
  'bpf_map_pop_elem',
]);
/** Helpers whose result is bounded by their size argument, or is a small negative error. */
const BOUNDED_BY_SIZE = new Set([
  'bpf_get_stack',
  'bpf_get_task_stack',
  'bpf_probe_read_str',
  'bpf_probe_read_kernel_str',
  'bpf_probe_read_user_str',
]);
/** What may be called while a lock is held. */
const UNDER_LOCK = new Set(['bpf_spin_unlock', 'bpf_kptr_xchg']);
const MAX_ERRNO = 4095;
const AT_MOST = BRANCH_OPS.find(({ name }) => name === 'jle')?.code as number;
const SOCKETS = {
  socket_or_null: TYPE_SOCKET,
  sock_common_or_null: TYPE_SOCK_COMMON,
  tcp_sock_or_null: TYPE_TCP_SOCK,
} as const;

/** A call of a helper: may it be called, are its arguments what it needs, what is r0 afterwards. Answers the next instruction. */
export function transferHelperCall(s: Session, id: number): number {
  const name = s.log.helperName(id);
  const helper = s.helpers(id);
  if (helper === undefined) {
    if (name === 'unknown') return refuse(helperUnknown, s.at, { name, id });
    return refuse(unsupported, s.at, { what: `helper ${name}` });
  }
  const { name: type } = s.program.hook;
  const allowed = mayCall(type, id, s.program.attachType, iteratorOf(s));
  if (allowed === undefined)
    refuse(unsupported, s.at, { what: `calling helpers in programs of type ${type}` });
  const rules = implementedMember(s)?.rules;
  const isWithheld =
    rules?.helpers === 'none' || rules?.without?.[s.program.structOps?.member ?? '']?.includes(name) === true;
  if (allowed === false || isWithheld) refuse(helperNotAllowed, s.at, { name, id });
  const needs = capabilityToCall(id);
  if (needs !== undefined && !s.rights[needs]) refuse(helperNotAllowed, s.at, { name, id, needs });
  if (helper.gplOnly && !isGplCompatible(s.program.license)) refuse(helperGpl, s.at, {});
  if (helper.mightSleep === true) checkMaySleep(s, name, id);
  if (holdsLock(s) && !UNDER_LOCK.has(name)) refuse(lockHeld, s.at, { call: 'any' });
  const args = argumentsOf(helper, s.program.hook.name);
  const call: CallFacts = {
    helper,
    args,
    map: undefined,
    mapIndex: -1,
    mapUid: 0,
    constantKey: undefined,
    filled: undefined,
    maxSize: 0n,
    allocated: 0,
    pointed: 0,
    refObjId: 0,
    releases: 0,
    dynptr: undefined,
    subprogram: -1,
  };
  for (let index = 0; index < args.length; index++) checkArgument(s, call, index);
  checkMap(s, call);
  if (name === 'bpf_snprintf' && call.string !== undefined)
    checkFormat(s, call.string, s.memory.constNumber(s.reg(5)) ?? 0);
  noteFacts(s, call);
  fill(s, call);
  releaseArgument(s, call);
  if (name === 'bpf_get_func_ip') checkHasFunction(s, name, id);
  if (name === 'bpf_tail_call') checkNothingHeld(s, 'tail_call');
  if (name === 'bpf_dynptr_from_mem') checkDynptrSource(s);
  checkNoFlags(s, call);
  callBack(s, call);
  forgetCallerSaved(s);
  setResult(s, call);
  if (call.map !== undefined) checkMapHelper(s, call.map.type, name, id);
  const written = name === 'bpf_dynptr_write' ? call.dynptr?.kind : undefined;
  if (name === 'bpf_tail_call') return tailCalled(s);
  if (helper.changesPacket === true || written === 'skb' || written === 'skb_meta') forgetPacket(s);
  return s.at + 1;
}

/** What an iterator goes over: `tcp`. */
function iteratorOf({ program }: Session): string | undefined {
  const { attachType, attachBtfId: id, kernelBtf: btf } = program;
  if (attachType !== 'trace_iter' || id === undefined) return undefined;
  const target = btf?.types.at(id);
  return target === undefined ? undefined : nameOf(target).replace(/^bpf_iter_/, '');
}

/** The helper works on maps of this type, in programs of this type. */
function checkMapHelper(
  s: Session,
  { id: mapType, helpers, callers }: MapKind,
  name: string,
  id: number,
): void {
  const caller = s.program.attachType === 'trace_iter' ? 'iter' : s.program.hook.name;
  const sockets = callers?.[name]?.includes(caller) === false;
  if (sockets || !helpers.includes(name)) refuse(helperMapType, s.at, { mapType, name, id, sockets });
}

/** In a subprogram, the program that a tail call led to returns to the caller, and may have changed the packet. */
function tailCalled(s: Session): number {
  if (s.depth() === 0) return s.at + 1;
  return returnEarly(s, () => {
    forgetPacket(s);
    s.ops.markUnknown(s.reg(0));
  });
}

const ON_FUNCTIONS = new Set(['trace_fentry', 'trace_fexit', 'modify_return']);

/** Only programs on functions of the kernel can ask where theirs is. */
function checkHasFunction(s: Session, name: string, id: number): void {
  const { hook, attachType = '' } = s.program;
  if (hook.name === 'kprobe' || ON_FUNCTIONS.has(attachType)) return;
  const functionless = hook.name === 'tracing' ? 'tracing' : hook.id;
  refuse(helperNotAllowed, s.at, { name, id, functionless }, 'ENOTSUPP');
}

/** The helper may put the task to sleep: so must the program, here. */
function checkMaySleep(s: Session, name: string, id: number): void {
  if (!mayBeAsleep(s)) refuse(sleepable, s.at, { problem: 'helper' }, 'EINVAL');
  const region = openRegion(s);
  if (region === undefined) return;
  refuse(sleepable, s.at, { problem: 'helper_in', name, id, region }, 'EINVAL');
}

function checkMap(s: Session, { helper, map }: CallFacts): undefined {
  if (map !== undefined && (map.flags & MAP_READ_ONLY) !== 0 && WRITES_MAP.has(helper.name))
    refuse(mapAccess, s.at, { write: true, valueSize: map.valueSize, off: 0, size: 0, whole: true });
  if (helper.name !== 'bpf_tail_call') return;
  if (map === undefined || map.type.name !== 'prog_array') {
    return refuse(tailCall, s.at, { text: 'expected prog array map for tail call' });
  }
  const index = s.memory.constNumber(s.reg(3));
  if (s.memory.isScalar(s.reg(3)) && index !== undefined && index >= 0 && index < map.maxEntries)
    markPrecise(s, 3);
}

function noteFacts(s: Session, { mapIndex }: CallFacts): void {
  // Inner maps are not among the program's own.
  const isOwn = mapIndex >= 0 && mapIndex < s.program.maps.length;
  s.facts.call(s.at, isOwn ? mapIndex : undefined);
}

/** The helper writes all of its output, byte for byte. */
function fill(s: Session, { filled }: CallFacts): void {
  if (filled === undefined) return;
  for (let at = 0; at < filled.size; at++) {
    accessMemory(s, {
      regno: filled.reg,
      off: at,
      size: 1,
      into: -1,
      signed: false,
      stored: { kind: 'unknown' },
      byHelper: true,
    });
  }
}

function setResult(s: Session, call: CallFacts): void {
  const { memory, ops } = s;
  const result = s.reg(0);
  switch (call.helper.returns.kind) {
    case 'void':
      return;
    case 'integer':
      ops.markUnknown(result);
      if (BOUNDED_BY_SIZE.has(call.helper.name)) boundResult(s, call.maxSize);
      if (call.helper.name === 'bpf_get_smp_processor_id' && s.cpus !== undefined)
        ops.refineImm(AT_MOST, 64, 1, result, s.cpus - 1);
      return;
    case 'map_value_or_null': {
      const inRange = call.constantKey !== undefined && call.constantKey < (call.map?.maxEntries ?? 0);
      ops.markPointer(result, TYPE_MAP_VALUE | (inRange ? 0 : FLAG_MAYBE_NULL));
      memory.setMap(result, call.mapIndex);
      memory.setAux(result, call.mapUid);
      if (!inRange || hasLock(s, result)) memory.setId(result, ops.newId());
      if (call.map?.type.lookup === 'owned_socket') acquireResult(s);
      return;
    }
    case 'alloc_mem_or_null':
      ops.markPointer(result, TYPE_MEM | FLAG_RINGBUF | FLAG_MAYBE_NULL);
      memory.setMemSize(result, call.allocated);
      memory.setId(result, ops.newId());
      if (call.helper.acquires === true) acquireResult(s);
      return;
    case 'socket_or_null':
    case 'sock_common_or_null':
    case 'tcp_sock_or_null':
      ops.markPointer(result, SOCKETS[call.helper.returns.kind] | FLAG_MAYBE_NULL);
      memory.setMap(result, -1);
      memory.setId(result, ops.newId());
      if (call.helper.casts === true) memory.setRefObjId(result, call.refObjId);
      if (call.helper.acquires === true) acquireResult(s);
      return;
    case 'dynptr_data_or_null':
      ops.markPointer(result, TYPE_MEM | FLAG_MAYBE_NULL);
      memory.setMap(result, -1);
      memory.setMemSize(result, call.allocated);
      memory.setId(result, ops.newId());
      memory.setAux(result, call.dynptr?.id ?? 0);
      memory.setRefObjId(result, call.dynptr?.refObjId ?? 0);
      return;
    case 'pointer':
      setPointerResult(s, call, call.helper.returns.type);
      return;
    case 'map_value':
      ops.markPointer(result, TYPE_MAP_VALUE);
      memory.setMap(result, call.mapIndex);
      memory.setAux(result, call.mapUid);
      if (hasLock(s, result)) memory.setId(result, ops.newId());
      return;
    default:
      call.helper.returns satisfies never;
  }
}

/** r0 is a pointer to a struct of the kernel, or to a variable of a CPU, which the argument says. */
function setPointerResult(s: Session, call: CallFacts, word: string): void {
  const orNull = word.includes('_or_null') ? FLAG_MAYBE_NULL : 0;
  if (call.kptr !== undefined) setExchanged(s, call.kptr);
  else if (word === 'ptr_' || word === 'ptr_or_null_') setVariableResult(s, call, orNull);
  else {
    const pointer = pointerOf(s, word);
    if (pointer === undefined) refuse(unsupported, s.at, { what: `what ${call.helper.name} returns` });
    else setPointer(s, 0, pointer.type, pointer.struct, BTF_KERNEL);
  }
  if (call.helper.casts === true) s.memory.setRefObjId(s.reg(0), call.refObjId);
  if (call.helper.acquires === true) acquireResult(s);
}

/** The copy of a per-CPU variable: a struct, or memory of its size. */
function setVariableResult(s: Session, { pointed, perCpuObject }: CallFacts, orNull: number): void {
  if (perCpuObject !== undefined) {
    // Linux takes the copy for one that is there, whatever the CPU.
    setPointer(s, 0, TYPE_BTF_ID | FLAG_ALLOC | FLAG_RCU, pointed, perCpuObject.btf);
    return;
  }
  const btf = kernelBtf(s);
  const type = plainType(btf, pointed);
  if (isStructType(type)) {
    setPointer(s, 0, TYPE_BTF_ID | orNull, pointed, BTF_KERNEL);
    return;
  }
  const size = trySizeOf(btf, pointed);
  if (size === undefined) refuse(helperStruct, s.at, { problem: 'size', type: nameOf(type) });
  setPointer(s, 0, TYPE_MEM | FLAG_RDONLY | orNull, 0, BTF_KERNEL);
  s.memory.setMemSize(s.reg(0), size ?? 0);
}

/** The result is a reference, under the id that a comparison with null knows it by. */
function acquireResult(s: Session): void {
  const id = acquire(s, REF_POINTER);
  s.memory.setId(s.reg(0), id);
  s.memory.setRefObjId(s.reg(0), id);
}

function releaseArgument(s: Session, call: CallFacts): void {
  if (call.releases === 0) return;
  if (call.dynptr !== undefined) {
    giveBack(s, call.releases);
    return;
  }
  if (call.kptr !== undefined) {
    if (call.refObjId === 0) return;
    if (drop(s, s.path.state, REF_POINTER, call.refObjId)) {
      handOverExchanged(s, call.refObjId);
      return;
    }
  } else if (call.refObjId !== 0 && release(s, call.refObjId)) return;
  const { name, id } = call.helper;
  refuse(releaseRule, s.at, { problem: 'not_acquired', name, id });
}

function boundResult(s: Session, max: bigint): void {
  const { memory, ops } = s;
  const result = s.reg(0);
  const size = Number(max);
  if (size > 0x7fff_ffff) return;
  memory.setWord(result + REG_SMAX, size);
  memory.setWord(result + REG_SMAX + 4, 0);
  memory.setWord(result + REG_S32_MAX, size);
  memory.setWord(result + REG_SMIN, -MAX_ERRNO);
  memory.setWord(result + REG_SMIN + 4, -1);
  memory.setWord(result + REG_S32_MIN, -MAX_ERRNO);
  ops.syncBounds(result);
}
