import { type Btf, type BtfTypeId, typeAt } from '../btf/index.js';
import { parseObject } from '../object/index.js';
import { sectionIdentifier } from '../object/names.js';
import type { MapSpec } from '../object/spec.js';

/** A variable that other files see, in its section's map. */
export interface SkeletonVariable {
  readonly name: string;
  readonly type: BtfTypeId;
  readonly offset: number;
  readonly size: number;
}

export interface SkeletonMap {
  /** A C identifier: `data_custom` for `.data.custom`. */
  readonly identifier: string;
  /** libbpf's name of the map. */
  readonly name: string;
  readonly spec: MapSpec;
  /** Of the section that the map stands for, ascending by offset; undefined for a map that the program declares. */
  readonly variables: readonly SkeletonVariable[] | undefined;
}

/** What a skeleton has members for. */
export interface SkeletonModel {
  /** A C identifier. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly btf: Btf | undefined;
  readonly maps: readonly SkeletonMap[];
  readonly programs: readonly string[];
}

/** Reads an object for a skeleton. @param name of the skeleton, a C identifier; `identifierOf` makes one of a path. */
export function skeletonModel(bytes: Uint8Array, name: string): SkeletonModel {
  const spec = parseObject(bytes, { name });
  const { btf } = spec;
  return {
    name,
    bytes,
    btf,
    maps: spec.maps.map((map) => skeletonMap(map, btf)),
    programs: spec.programs.map((program) => program.name),
  };
}

/** bpftool's name for an object: its file's, without `.o`, as a C identifier. */
export function identifierOf(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.[oc]$/, '');
  return file.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}

function skeletonMap(spec: MapSpec, btf: Btf | undefined): SkeletonMap {
  const { name, section } = spec;
  if (section === undefined) return { identifier: name, name, spec, variables: undefined };
  return { identifier: sectionIdentifier(section), name, spec, variables: variablesOf(spec, btf) };
}

function variablesOf({ valueType }: MapSpec, btf: Btf | undefined): SkeletonVariable[] {
  const section = btf === undefined || valueType === undefined ? undefined : typeAt(btf, valueType);
  if (btf === undefined || section?.kind !== 'datasec') return [];
  return section.vars.flatMap(({ type: id, offset, size }) => {
    const variable = typeAt(btf, id);
    if (variable.kind !== 'var' || variable.linkage === 'static') return [];
    return [{ name: variable.name, type: variable.type, offset, size }];
  });
}
