/**
 * The layout of the verifier's abstract state in linear memory: byte offsets and tags that the AssemblyScript
 * domain (`assembly/`) and its TypeScript face (`state-memory.ts`) share. Plain constants, since both compile this
 * file.
 *
 * - A **register record** describes one value: a scalar or a pointer. Everything before `REG_ID` takes part in exact
 *   comparison; ids are compared through an id map.
 * - A **frame record** is a header, 11 registers and 64 stack slots, each a spilled register and the types of its bytes.
 *   Slot `i` holds bytes `fp-8*(i+1)` … `fp-8*i-1`; byte type `j` of a slot speaks of `fp-8*i-1-j` (Linux's order: type 7
 *   is the lowest address). A saved frame has room for its allocated slots only (`FRAME_CAPACITY`).
 * - A **state record** is a header, 8 frame addresses and the list of acquired references; a saved one has room for the
 *   references that it holds only. It owns the history of the steps that led to it from its parent (`HISTORY_*`).
 * - The **instruction table** says of each instruction what the domain has to know of it (`INSN_*`).
 */

// Register record.
/** i32: base type (`TYPE_*`) with flags (`FLAG_*`). */
export const REG_TYPE = 0;
/** i32: fixed offset of a pointer; of a linked scalar, its constant distance from the scalars of the same id. */
export const REG_OFF = 4;
/** i32: index in the program's maps of a map pointer, map value or map key; -1 when it is none of these. */
export const REG_MAP = 8;
/** i32: bytes of packet proved readable behind a packet pointer; negative values are Linux's pkt_end marks. */
export const REG_RANGE = 12;
/** i32: bytes of a PTR_TO_MEM region. */
export const REG_MEM_SIZE = 16;
/**
 * i32: what else the type needs: a BTF type id, a callback's subprogram, the dynptr that a slice of memory is from, the kind
 * of a dynptr in a stack slot, or which inner map of a map of maps it is.
 */
export const REG_AUX = 20;
/**
 * i32: of a BTF pointer, whose types `REG_AUX` is an id of (`BTF_*`); of an iterator on the stack, its state (`ITER_*`); 1
 * in the first of a dynptr's two slots.
 */
export const REG_AUX2 = 24;
/** u64: known bits of the tnum. */
export const REG_VALUE = 32;
/** u64: unknown bits of the tnum. */
export const REG_MASK = 40;
export const REG_UMIN = 48;
export const REG_UMAX = 56;
export const REG_SMIN = 64;
export const REG_SMAX = 72;
export const REG_U32_MIN = 80;
export const REG_U32_MAX = 84;
export const REG_S32_MIN = 88;
export const REG_S32_MAX = 92;
/** i32: links equal scalars, pointers with a common base, and or_null twins; `ID_ADD_CONST` marks a constant distance. */
export const REG_ID = 96;
export const REG_REF_OBJ_ID = 100;
/** i32: the frame that a PTR_TO_STACK points into. */
export const REG_FRAMENO = 104;
/** i32: index + 1 of the instruction that wrote the lower half only, 0 when the whole register was written. */
export const REG_SUBREG_DEF = 108;
/** i32: 1 when a decision depended on the scalar's exact range. */
export const REG_PRECISE = 112;
/** i32: how many turns of an iterator were walked. Keeps no states apart, but tells a loop from a standstill. */
export const REG_ITER_DEPTH = 116;
export const REG_SIZE = 128;

/** Values of `REG_AUX2`: the types of the kernel, or the program's own. */
export const BTF_KERNEL = 0;
export const BTF_PROGRAM = 1;
/** An iterator may have more, or has said that there is no more. */
export const ITER_ACTIVE = 1;
export const ITER_DRAINED = 2;

/** Flag in `REG_ID`: this scalar is its id's scalar plus `REG_OFF`, added in 64 bits. */
export const ID_ADD_CONST64 = 0x40000000;
/** The same, added in 32 bits. */
export const ID_ADD_CONST32 = 0x20000000;
export const ID_ADD_CONST = 0x60000000;

// Base types; the low byte of REG_TYPE.
export const TYPE_NOT_INIT = 0;
export const TYPE_SCALAR = 1;
export const TYPE_CTX = 2;
export const TYPE_CONST_MAP = 3;
export const TYPE_MAP_VALUE = 4;
export const TYPE_MAP_KEY = 5;
export const TYPE_STACK = 6;
export const TYPE_PACKET_META = 7;
export const TYPE_PACKET = 8;
export const TYPE_PACKET_END = 9;
export const TYPE_FLOW_KEYS = 10;
export const TYPE_SOCKET = 11;
export const TYPE_SOCK_COMMON = 12;
export const TYPE_TCP_SOCK = 13;
export const TYPE_TP_BUFFER = 14;
export const TYPE_XDP_SOCK = 15;
export const TYPE_BTF_ID = 16;
export const TYPE_MEM = 17;
export const TYPE_ARENA = 18;
export const TYPE_BUF = 19;
export const TYPE_FUNC = 20;
export const TYPE_DYNPTR = 21;
export const TYPE_BASE_MASK = 0xff;

// Flags of a type; bits above the base type.
export const FLAG_MAYBE_NULL = 0x100;
export const FLAG_RDONLY = 0x200;
export const FLAG_RINGBUF = 0x400;
export const FLAG_USER = 0x800;
export const FLAG_PERCPU = 0x1000;
export const FLAG_UNTRUSTED = 0x2000;
export const FLAG_TRUSTED = 0x4000;
export const FLAG_RCU = 0x8000;
export const FLAG_ALLOC = 0x10000;
export const FLAG_NON_OWN_REF = 0x20000;
/** Memory that a kernel function made a slice of a dynptr over a packet, or of another one. */
export const FLAG_PACKET_SLICE = 0x40000;
export const FLAG_DYNPTR_SLICE = 0x80000;

// Frame record.
export const STACK_SLOTS = 64;
export const SLOT_BYTES = 8;
/** i32: stack slots that this record has room for. */
export const FRAME_CAPACITY = 0;
export const FRAME_NUMBER = 4;
/** i32: index of the call instruction, -1 in the main frame. */
export const FRAME_CALLSITE = 8;
export const FRAME_SUBPROG = 12;
/** i32: bytes of stack in use, a multiple of 8. */
export const FRAME_STACK = 16;
/** i32: 0, or how something calls it back: `SYNCHRONOUS` during the call, `ASYNCHRONOUS` some time later. */
export const FRAME_CALLBACK = 20;
export const SYNCHRONOUS = 1;
export const ASYNCHRONOUS = 2;
export const FRAME_CALLBACK_DEPTH = 24;
/** i32 each: the range that a callback may return. */
export const FRAME_RETURN_MIN = 28;
export const FRAME_RETURN_MAX = 32;
/** i32: entries into asynchronous callbacks that led here. */
export const FRAME_ASYNC_ENTRIES = 36;
export const FRAME_REGS = 64;
export const FRAME_REG_COUNT = 11;
/** The first of the slots, one each `SLOT_STRIDE` bytes: a spilled register, then u8[8], one `SLOT_*` for each byte. */
export const FRAME_SPILLED = 1472;
export const FRAME_SLOT_TYPES = 1600;
export const SLOT_STRIDE = 136;

// What a byte of stack holds.
export const SLOT_INVALID = 0;
export const SLOT_SPILL = 1;
export const SLOT_MISC = 2;
export const SLOT_ZERO = 3;
export const SLOT_DYNPTR = 4;
export const SLOT_ITER = 5;
export const SLOT_IRQ_FLAG = 6;

// State record.
export const MAX_FRAMES = 8;
/** i32: index of the innermost frame. */
export const STATE_CURFRAME = 0;
export const STATE_SPECULATIVE = 4;
export const STATE_SLEEPABLE = 8;
/** i32 each: nesting of held locks and read sections. */
export const STATE_ACTIVE_LOCKS = 12;
export const STATE_ACTIVE_RCU = 16;
export const STATE_ACTIVE_PREEMPT = 20;
export const STATE_ACTIVE_IRQ_ID = 24;
/** i32: `may_goto` iterations seen. */
export const STATE_MAY_GOTO_DEPTH = 28;
export const STATE_REF_COUNT = 32;
/** u32: the saved state that the way goes on from, 0 for none. */
export const STATE_PARENT = 36;
/** i32 each: the first instruction after the parent; of a saved state, the one before it. */
export const STATE_FIRST_INSN = 40;
export const STATE_LAST_INSN = 44;
/** u32, i32, i32: the steps of the way (`HISTORY_*`), how many, and for how many there is room. */
export const STATE_HISTORY = 48;
export const STATE_HISTORY_COUNT = 52;
export const STATE_HISTORY_CAPACITY = 56;
/** u32: address of the first block of the references that `STATE_REFS` has no room for, 0 when there is none. */
export const STATE_MORE_REFS = 60;
/** u32[8]: frame addresses, 0 where there is none. */
export const STATE_FRAMES = 64;
/** i32: 1 when its scalars were all made precise, and with them those of the states before it. */
export const STATE_ALL_PRECISE = 96;
/** Acquired references and locks. */
export const STATE_REFS = 112;
export const OWN_REFS = 32;
/** References in each further block, behind the address of the next block. */
export const BLOCK_REFS = 31;
export const BLOCK_START = 16;
export const BLOCK_SIZE = 512;
/** i32 each: kind of the reference, its id, the instruction that acquired it, and what it is (map index for a lock). */
export const REF_KIND = 0;
export const REF_ID = 4;
export const REF_INSN = 8;
export const REF_OBJECT = 12;
export const REF_SIZE = 16;
export const STATE_SIZE = 624;

// History: one step that backtracking could not guess, a jump or an instruction with something to remember.
/** i32 each: the instruction, and the one before it. */
export const HISTORY_INSN = 0;
export const HISTORY_PREVIOUS = 4;
/** i8 each: the stack slot that a load or store used; frame -1 when it used none. */
export const HISTORY_FRAME = 8;
export const HISTORY_SLOT = 9;
/** u8: operands of a comparison that point to the stack, and so have no precision to track. */
export const HISTORY_FLAGS = 10;
export const DST_ON_STACK = 1;
export const SRC_ON_STACK = 2;
/** u8, u16[6]: scalars that learnt from this comparison together, as places (`linkedPlace`). */
export const HISTORY_LINKED_COUNT = 11;
export const HISTORY_LINKED = 12;
export const HISTORY_SIZE = 24;

// Instruction table.
/** u8: one of `KIND_*`. */
export const INSN_KIND = 0;
export const INSN_DST = 1;
/** u8: a register, or `NO_REG` where the operand is a constant. */
export const INSN_SRC = 2;
export const NO_REG = 0xff;
/** u8: whether it calls back a function of the program, any number of times, before it returns. */
export const INSN_CALLS_BACK = 3;
export const INSN_SIZE = 32;

export const KIND_NONE = 0;
export const KIND_MOV = 1;
export const KIND_ALU = 2;
export const KIND_MOVSX = 3;
export const KIND_LOAD = 4;
export const KIND_STORE = 5;
export const KIND_LOAD_ACQUIRE = 6;
export const KIND_LD_IMM64 = 7;
export const KIND_LEGACY_LOAD = 8;
export const KIND_BRANCH = 9;
export const KIND_CALL = 10;
export const KIND_TAIL_CALL = 11;
export const KIND_CALL_STATIC = 12;
export const KIND_CALL_GLOBAL = 13;
export const KIND_EXIT = 14;
/** What writes no register that could be traced back: jumps, and what has one operand. */
export const KIND_OTHER = 15;

// What backtracking tells, when it is asked to (`Tell`).
export const TELL_START = 0;
export const TELL_STEP = 1;
export const TELL_PARENT = 2;
export const TELL_PROPAGATED = 3;
export const TELL_ALL_PRECISE = 4;

// How strictly two states are compared.
/** A safe old state covers the new one; imprecise scalars match anything. */
export const COMPARE_NOT_EXACT = 0;
/** Registers and stack equal but for ids: an infinite loop. */
export const COMPARE_EXACT = 1;
/** The old state's ranges cover the new one's, precise or not: convergence of open-coded loops. */
export const COMPARE_RANGE_WITHIN = 2;
