import type { Operation } from '../../isa/index.js';
import type { Session } from '../explore/session.js';
import { typeText } from '../log/state-text.js';
import { type Access, accessMemory } from '../obligations/memory.js';
import { atomicTarget } from '../rules/atomic-target.js';
import { mixedPointers } from '../rules/mixed-pointers.js';
import { pointerLeak } from '../rules/pointer-leak.js';
import { refuse } from '../rules/rule.js';
import {
  FLAG_UNTRUSTED,
  TYPE_ARENA,
  TYPE_BASE_MASK,
  TYPE_BTF_ID,
  TYPE_CTX,
  TYPE_FLOW_KEYS,
  TYPE_MEM,
  TYPE_PACKET,
  TYPE_PACKET_META,
  TYPE_SOCK_COMMON,
  TYPE_SOCKET,
  TYPE_TCP_SOCK,
  TYPE_XDP_SOCK,
} from '../state/layout.js';

/** A load: the base is readable, the destination writable, the memory the program's to read. */
export function transferLoad(s: Session, operation: Operation & { kind: 'load' }): void {
  const { base, dst } = operation;
  s.checkReadable(base);
  s.checkWritable(dst);
  const type = s.memory.type(s.reg(base));
  accessMemory(s, accessOf(s, operation));
  checkOnePointerType(s, type, true);
}

export function transferStore(s: Session, operation: Operation & { kind: 'store' }): void {
  const { base, src } = operation;
  if (src.kind === 'reg') s.checkReadable(src.reg);
  s.checkReadable(base);
  const type = s.memory.type(s.reg(base));
  accessMemory(s, accessOf(s, operation));
  checkOnePointerType(s, type);
}

/** The access that an instruction makes: the same each time, so it is made once. */
function accessOf(s: Session, operation: Operation & { kind: 'load' | 'store' }): Access {
  const known = s.accesses[s.at];
  if (known !== undefined) return known;
  const { base, off, bytes } = operation;
  const place = { regno: base, off, size: bytes };
  const access =
    operation.kind === 'load'
      ? { ...place, into: operation.dst, signed: operation.signed, stored: undefined }
      : { ...place, into: -1, signed: false, stored: operation.src };
  s.accesses[s.at] = access;
  return access;
}

/** Linux rewrites accesses of some pointers, one instruction for one type only. */
function checkOnePointerType(s: Session, type: number, isLoad = false): void {
  const before = s.pointerTypes[s.at] as number;
  if (before === 0) {
    s.pointerTypes[s.at] = type;
    return;
  }
  if (before === type || (!isRewritten(before) && !isRewritten(type))) return;
  // Loads through pointers that may be in doubt on some way are made with care on all.
  if (!isLoad || !isMemoryOrStruct(before) || !isMemoryOrStruct(type)) refuse(mixedPointers, s.at, {});
  const isMemory = [before, type].every((each) => (each & TYPE_BASE_MASK) === TYPE_MEM);
  s.pointerTypes[s.at] = (isMemory ? TYPE_MEM : TYPE_BTF_ID) | FLAG_UNTRUSTED;
}

function isMemoryOrStruct(type: number): boolean {
  const base = type & TYPE_BASE_MASK;
  return base === TYPE_MEM || base === TYPE_BTF_ID;
}

function isRewritten(type: number): boolean {
  const base = type & TYPE_BASE_MASK;
  return (
    base === TYPE_CTX ||
    base === TYPE_SOCKET ||
    base === TYPE_SOCK_COMMON ||
    base === TYPE_TCP_SOCK ||
    base === TYPE_XDP_SOCK ||
    base === TYPE_BTF_ID ||
    base === TYPE_ARENA
  );
}

type Atomic = Operation & { kind: 'atomic' };

/** Read-modify-write, load-acquire and store-release. */
export function transferAtomic(s: Session, operation: Atomic): void {
  if (operation.op === 'load_acquire') {
    loadAcquire(s, operation);
    return;
  }
  if (operation.op === 'store_release') {
    storeRelease(s, operation);
    return;
  }
  const { op, fetch, base, off, bytes, src } = operation;
  s.checkReadable(src);
  s.checkReadable(base);
  if (op === 'cmpxchg') checkNumber(s, 0);
  checkNumber(s, src);
  checkAtomicTarget(s, operation, 'BPF_ATOMIC stores into');
  const into = op === 'cmpxchg' ? 0 : fetch ? src : -1;
  if (into >= 0) {
    const loaded = s.checkWritable(into);
    s.ops.markUnknown(loaded);
    s.memory.setSubregDef(loaded, bytes === 8 ? 0 : s.at + 1);
  }
  const type = s.memory.type(s.reg(base));
  const place = { regno: base, off, size: bytes, signed: false, strict: true };
  accessMemory(s, { ...place, into: -1 });
  // The old value is looked at as a load of its own, for what it may be.
  if (into >= 0) accessMemory(s, { ...place, into });
  accessMemory(s, { ...place, into: -1, stored: { kind: 'unknown' } });
  checkOnePointerType(s, type);
}

/** What an atomic operation computes with is no address. */
function checkNumber(s: Session, reg: number): void {
  const value = s.checkReadable(reg);
  if (!s.rights.seesPointers && !s.memory.isScalar(value))
    refuse(pointerLeak, s.at, { problem: 'store', reg, into: 'mem' });
}

function loadAcquire(s: Session, operation: Atomic): void {
  const { base, src, off, bytes } = operation;
  s.checkReadable(base);
  s.checkWritable(src);
  checkAtomicTarget(s, operation, 'BPF_ATOMIC loads from');
  accessMemory(s, { regno: base, off, size: bytes, into: src, signed: false, strict: true });
}

function storeRelease(s: Session, operation: Atomic): void {
  const { base, src, off, bytes } = operation;
  s.checkReadable(src);
  s.checkReadable(base);
  checkAtomicTarget(s, operation, 'BPF_ATOMIC stores into');
  accessMemory(s, {
    regno: base,
    off,
    size: bytes,
    into: -1,
    signed: false,
    strict: true,
    stored: { kind: 'reg', reg: src },
  });
}

const SOCKETS: ReadonlySet<number> = new Set([TYPE_SOCKET, TYPE_SOCK_COMMON, TYPE_TCP_SOCK, TYPE_XDP_SOCK]);

/** What Linux's JIT for x86-64 cannot do in an arena. */
const NOT_IN_ARENAS: ReadonlySet<string> = new Set(['and', 'or', 'xor']);

function checkAtomicTarget(s: Session, operation: Atomic, op: string): void {
  const { base } = operation;
  const type = s.memory.type(s.reg(base));
  const kind = type & TYPE_BASE_MASK;
  const isForeign =
    kind === TYPE_CTX ||
    kind === TYPE_PACKET ||
    kind === TYPE_PACKET_META ||
    kind === TYPE_FLOW_KEYS ||
    SOCKETS.has(type);
  const cannot =
    kind === TYPE_ARENA && 'fetch' in operation && operation.fetch && NOT_IN_ARENAS.has(operation.op);
  if (isForeign || cannot) refuse(atomicTarget, s.at, { reg: base, type: typeText(type), op });
}
