import { ByteWriter } from './bytes.js';
import { TYPE, type ValueType, WASM } from './opcodes.js';

/**
 * The body of one wasm function while it is being written.
 *
 * `mark` notes which BPF instruction the bytes that follow belong to, so that a trap's code offset can be told as
 * an instruction index without any cost at run time.
 */
export class CodeBuilder {
  readonly bytes = new ByteWriter(1024);
  /** Pairs of byte offset in the body and BPF instruction index, ascending. */
  readonly marks: number[] = [];
  readonly #locals: ValueType[] = [];
  readonly #params: number;

  constructor(params: number) {
    this.#params = params;
  }

  /** Adds a local variable, which starts as 0; its index. */
  local(type: ValueType): number {
    return this.#params + this.#locals.push(type) - 1;
  }

  mark(insn: number): void {
    this.marks.push(this.bytes.length, insn);
  }

  op(...opcodes: number[]): this {
    for (const opcode of opcodes) this.bytes.byte(opcode);
    return this;
  }
  get(local: number): this {
    return this.#indexed(WASM.local_get, local);
  }
  set(local: number): this {
    return this.#indexed(WASM.local_set, local);
  }
  tee(local: number): this {
    return this.#indexed(WASM.local_tee, local);
  }
  globalGet(global: number): this {
    return this.#indexed(WASM.global_get, global);
  }
  globalSet(global: number): this {
    return this.#indexed(WASM.global_set, global);
  }
  i32(value: number): this {
    this.bytes.byte(WASM.i32_const);
    this.bytes.s32(value);
    return this;
  }
  i64(value: number | bigint): this {
    this.bytes.byte(WASM.i64_const);
    this.bytes.s64(value);
    return this;
  }

  /** A plain load or store. No alignment is promised, which costs nothing on today's machines. */
  memory(opcode: number, offset: number): this {
    this.bytes.byte(opcode);
    this.bytes.u32(0);
    this.bytes.u32(offset);
    return this;
  }

  /** An atomic access of `bytes` bytes, whose alignment the format wants to be natural. */
  atomic(opcode: number, bytes: 1 | 2 | 4 | 8, offset: number): this {
    this.bytes.byte(0xfe);
    this.bytes.byte(opcode);
    this.bytes.u32(Math.log2(bytes));
    this.bytes.u32(offset);
    return this;
  }

  block(): this {
    return this.op(WASM.block, TYPE.empty);
  }
  loop(): this {
    return this.op(WASM.loop, TYPE.empty);
  }
  if(result?: ValueType): this {
    return this.op(WASM.if, result === undefined ? TYPE.empty : TYPE[result]);
  }
  else(): this {
    return this.op(WASM.else);
  }
  end(): this {
    return this.op(WASM.end);
  }
  br(depth: number): this {
    return this.#indexed(WASM.br, depth);
  }
  brIf(depth: number): this {
    return this.#indexed(WASM.br_if, depth);
  }
  /** Branches to the depth at the index on the stack; beyond the end, to the last one. */
  brTable(depths: readonly number[]): this {
    this.bytes.byte(WASM.br_table);
    this.bytes.u32(depths.length - 1);
    for (const depth of depths) this.bytes.u32(depth);
    return this;
  }
  call(func: number): this {
    return this.#indexed(WASM.call, func);
  }
  /** Through the module's only table. */
  callIndirect(type: number, tail = false): this {
    this.#indexed(tail ? WASM.return_call_indirect : WASM.call_indirect, type);
    return this.op(0);
  }

  /** The function's entry in the code section, and where in it the instructions begin. */
  finish(): { readonly entry: Uint8Array; readonly start: number } {
    const head = new ByteWriter(64);
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    head.u32(runs.length);
    for (const { type, count } of runs) {
      head.u32(count);
      head.byte(TYPE[type]);
    }
    const entry = new ByteWriter(this.bytes.length + head.length + 8);
    entry.u32(head.length + this.bytes.length + 1);
    entry.bytes(head.view());
    const start = entry.length;
    entry.bytes(this.bytes.view());
    entry.byte(WASM.end);
    return { entry: entry.view(), start };
  }

  #indexed(opcode: number, index: number): this {
    this.bytes.byte(opcode);
    this.bytes.u32(index);
    return this;
  }
}
