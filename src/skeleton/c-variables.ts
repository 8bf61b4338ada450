import { alignOf, type Btf, type BtfTypeId, cContext, declare, resolvedType } from '../btf/index.js';
import { objectError } from '../errors/object.js';
import type { SkeletonMap, SkeletonModel, SkeletonVariable } from './model.js';

/** A map that stands for variables that user space can reach through memory. */
export interface VariableMap extends SkeletonMap {
  readonly variables: readonly SkeletonVariable[];
}

/** BPF_F_MMAPABLE */
const MMAPABLE = 1 << 10;

export function variableMaps({ maps }: SkeletonModel): VariableMap[] {
  return maps.filter(
    (map): map is VariableMap =>
      map.variables !== undefined && map.spec !== undefined && (map.spec.flags & MMAPABLE) !== 0,
  );
}

/** Declarations of variables; types that the object names have to be known where the skeleton is included. */
export class CVariables {
  readonly #btf: Btf;
  readonly #context: ReturnType<typeof cContext>;

  constructor(btf: Btf) {
    this.#btf = btf;
    this.#context = cContext(btf, { stripQualifiers: true });
  }

  /** The members of a struct that has a section's layout. */
  members(variables: readonly SkeletonVariable[]): string[] {
    const lines: string[] = [];
    let end = 0;
    for (const { name, type, offset, size } of variables) {
      const natural = roundUp(end, alignOf(this.#btf, type));
      if (offset < end || natural > offset)
        throw objectError(
          'OBJECT_MALFORMED',
          `variable ${name} at offset ${offset} overlaps the one before it`,
          {
            facts: { variable: name, offset, end },
          },
        );
      if (natural !== offset) lines.push(`char __pad${lines.length}[${offset - end}];`);
      lines.push(`${this.declaration(type, name)};`);
      end = offset + size;
    }
    return lines;
  }

  declaration(type: BtfTypeId, name: string): string {
    return declare(this.#context, type, name, '\t\t');
  }

  /** A pointer to a variable: arrays and functions take parentheses. */
  pointer(type: BtfTypeId, name: string): string {
    const { kind } = resolvedType(this.#btf, type);
    return this.declaration(type, kind === 'array' || kind === 'func_proto' ? `(*${name})` : `*${name}`);
  }
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
