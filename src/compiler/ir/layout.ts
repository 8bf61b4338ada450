import type { IrModule } from './module.js';
import type { IrType, StructType, TypeId } from './type.js';

const POINTER_BYTES = 8;

/** The type that an id names; the reader has checked every id that it hands out. */
export function typeOf(module: IrModule, id: TypeId): IrType {
  const type = module.types[id];
  if (type === undefined) throw new RangeError(`type ${id} does not exist`);
  return type;
}

const FLOAT_BYTES = { half: 2, bfloat: 2, float: 4, double: 8, x86_fp80: 16, fp128: 16, ppc_fp128: 16 };

/** Bytes that a value of the type takes in memory, padding at its end included; BPF's data layout. */
export function sizeOf(module: IrModule, id: TypeId): number {
  const type = typeOf(module, id);
  switch (type.kind) {
    case 'integer': {
      const bytes = Math.ceil(type.bits / 8);
      const align = alignOf(module, id);
      return Math.ceil(bytes / align) * align;
    }
    case 'float':
      return FLOAT_BYTES[type.format];
    case 'pointer':
      return POINTER_BYTES;
    case 'array':
    case 'vector':
      return type.length * sizeOf(module, type.element);
    case 'struct':
      return structLayout(module, type).bytes;
    default:
      return 0;
  }
}

/** The alignment that the type has by itself, in bytes. */
export function alignOf(module: IrModule, id: TypeId): number {
  const type = typeOf(module, id);
  switch (type.kind) {
    case 'integer':
      return type.bits <= 8 ? 1 : type.bits <= 16 ? 2 : type.bits <= 32 ? 4 : type.bits <= 64 ? 8 : 16;
    case 'float':
      return Math.min(16, FLOAT_BYTES[type.format]);
    case 'pointer':
      return POINTER_BYTES;
    case 'array':
    case 'vector':
      return alignOf(module, type.element);
    case 'struct':
      return structLayout(module, type).align;
    default:
      return 1;
  }
}

export interface StructLayout {
  readonly offsets: readonly number[];
  readonly bytes: number;
  readonly align: number;
}

const layouts = new WeakMap<StructType, StructLayout>();

/** Where the elements of a struct lie, in bytes. */
export function structLayout(module: IrModule, type: StructType): StructLayout {
  const known = layouts.get(type);
  if (known !== undefined) return known;
  let end = 0;
  let align = 1;
  const offsets = (type.elements ?? []).map((element) => {
    const own = type.packed ? 1 : alignOf(module, element);
    align = Math.max(align, own);
    const offset = Math.ceil(end / own) * own;
    end = offset + sizeOf(module, element);
    return offset;
  });
  const layout = { offsets, bytes: Math.ceil(end / align) * align, align };
  layouts.set(type, layout);
  return layout;
}
