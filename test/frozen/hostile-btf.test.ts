import { describe, expect, it } from 'vitest';
import {
  alignOf,
  type Btf,
  type BtfType,
  coreRelocate,
  formatC,
  readBtf,
  readValue,
  resolve,
  sizeOf,
  writeBtf,
  writeValue,
} from '../../src/btf/index.js';
import { SkepError } from '../../src/errors/base.js';

/** Types that no compiler makes: each has an answer or a typed error, at once. */
const INT: BtfType = {
  kind: 'int',
  name: 'int',
  size: 4,
  bits: 32,
  bitOffset: 0,
  signed: true,
  char: false,
  bool: false,
};
const struct = (name: string, size: number, ...types: number[]): BtfType => ({
  kind: 'struct',
  name,
  size,
  members: types.map((type, index) => ({ name: `m${index}`, type, bitOffset: 0, bitfieldSize: 0 })),
});
const anonymous = (...types: number[]): BtfType => ({
  kind: 'union',
  name: '',
  size: 4,
  members: types.map((type) => ({ name: '', type, bitOffset: 0, bitfieldSize: 0 })),
});
/** Through bytes and back, so that reading is tried too. */
const build = (...types: BtfType[]): Btf => readBtf(writeBtf({ types: [{ kind: 'void' }, ...types] }));

function outcome(act: () => unknown): string {
  const start = performance.now();
  let result = 'ok';
  try {
    act();
  } catch (error) {
    if (!(error instanceof SkepError)) throw error;
    result = error.code;
  }
  expect(performance.now() - start).toBeLessThan(5000);
  return result;
}

describe('types that refer to themselves', () => {
  it('typedefs and modifiers', () => {
    const btf = build({ kind: 'typedef', name: 'a', type: 2 }, { kind: 'const', type: 1 });
    expect(outcome(() => resolve(btf, 1))).toBe('BTF_CYCLE');
    expect(outcome(() => sizeOf(btf, 2))).toBe('BTF_CYCLE');
    expect(outcome(() => alignOf(btf, 1))).toBe('BTF_CYCLE');
    expect(outcome(() => formatC(btf))).toBe('BTF_CYCLE');
  });

  it('structs that contain themselves', () => {
    const btf = build(struct('loop', 4, 1));
    expect(sizeOf(btf, 1)).toBe(4);
    expect(outcome(() => readValue(btf, 1, new Uint8Array(4)))).toBe('BTF_CYCLE');
    expect(outcome(() => formatC(btf))).toBe('BTF_CYCLE');
    expect(outcome(() => writeValue(btf, 1, nested(200)))).toBe('BTF_CYCLE');
  });

  it('arrays of themselves', () => {
    const btf = build({ kind: 'array', type: 1, indexType: 1, length: 2 });
    expect(outcome(() => sizeOf(btf, 1))).toBe('BTF_CYCLE');
    expect(outcome(() => readValue(btf, 1, new Uint8Array(4)))).toBe('BTF_CYCLE');
  });

  it('pointers and functions, which C allows', () => {
    const btf = build(
      struct('node', 8, 2),
      { kind: 'ptr', type: 1 },
      { kind: 'ptr', type: 4 },
      { kind: 'func_proto', returns: 3, params: [{ name: '', type: 3 }] },
    );
    expect(formatC(btf)).toBe('struct node {\n\tstruct node *m0;\n};\n');
    expect(readValue(btf, 1, new Uint8Array(8))).toEqual({ m0: 0n });
  });
});

function nested(depth: number): { readonly [name: string]: never } {
  let value = {};
  for (let level = 0; level < depth; level++) value = { m0: value };
  return value;
}

describe('types that multiply', () => {
  const levels = 28;
  /** Each level has the next one twice. */
  const doubling = (make: (...types: number[]) => BtfType): Btf =>
    build(...Array.from({ length: levels }, (_, index) => make(index + 2, index + 2)), INT);

  it('unions of the same bytes', () => {
    const btf = doubling((...types) => ({ ...anonymous(...types), name: 'u' }) as BtfType);
    expect(outcome(() => readValue(btf, 1, new Uint8Array(4)))).toBe('BTF_VALUE');
    expect(outcome(() => writeValue(btf, 1, {}))).not.toBe('ok');
    expect(outcome(() => formatC(btf, { roots: [1] }))).not.toBe('a hang');
  });

  it('anonymous unions, written out at each use', () => {
    const btf = doubling(anonymous);
    expect(outcome(() => formatC(btf))).toBe('ok');
    expect(outcome(() => formatC(build(...[...btf.types].slice(1), struct('s', 4, 1))))).toBe('BTF_CYCLE');
    expect(outcome(() => readValue(btf, 1, new Uint8Array(4)))).toBe('BTF_VALUE');
  });

  it('in a comparison with a kernel', () => {
    const local = doubling((...types) => struct('s', 4, ...types));
    const insn = { opcode: 0xb7, dst: 0, src: 0, off: 0, imm: 1 };
    const record = { insn: 0, type: 1, access: '0', kind: 12 };
    expect(outcome(() => coreRelocate([insn], [record], { local, kernel: local, littleEndian: true }))).toBe(
      'CORE_TOO_COMPLEX',
    );
  });
});

describe('types of absurd size', () => {
  it('arrays of arrays', () => {
    const btf = build(
      { kind: 'array', type: 2, indexType: 3, length: 0xffff_ffff },
      { kind: 'array', type: 3, indexType: 3, length: 0xffff_ffff },
      INT,
    );
    expect(outcome(() => sizeOf(btf, 1))).toBe('BTF_BAD_TYPE');
    expect(outcome(() => readValue(btf, 2, new Uint8Array(64)))).toBe('BTF_VALUE');
    expect(outcome(() => writeValue(btf, 2, []))).toBe('BTF_VALUE');
  });

  it('arrays of nothing', () => {
    const btf = build({ kind: 'array', type: 2, indexType: 2, length: 0xffff_ffff }, struct('empty', 0));
    expect(readValue(btf, 1, new Uint8Array(0))).toEqual([]);
  });

  it('a long chain of structs by value', () => {
    const types = Array.from({ length: 20_000 }, (_, index) => struct(`s${index}`, 4, index + 2));
    const btf = build(...types, INT);
    expect(outcome(() => formatC(btf))).toBe('BTF_CYCLE');
    expect(outcome(() => alignOf(btf, 1))).toBe('BTF_CYCLE');
  });
});
