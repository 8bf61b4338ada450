import { type Btf, type BtfTypeId, nameOf, readValue, typeAt, writeValue } from '../btf/index.js';
import type { BtfValue, Given } from '../btf/value.js';
import { SkepError } from '../errors/base.js';
import { sectionIdentifier } from '../object/names.js';
import type { MapSpec, ObjectSpec } from '../object/spec.js';
import type { TypedMap } from './typed-map.js';

/** Values for global variables, by their section's name as an identifier (`rodata`), then by their own. */
export type GlobalValues = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/**
 * The blueprint with other first values of its global variables: before loading even constants can be set.
 *
 * @throws {SkepError} `NO_SUCH_GLOBAL`; `BTF_VALUE` for a value that does not fit.
 */
export function withGlobals(spec: ObjectSpec, values: GlobalValues): ObjectSpec {
  const sections = new Map(
    spec.maps.flatMap((map) => (map.section === undefined ? [] : [[sectionIdentifier(map.section), map]])),
  );
  const changed = new Map<MapSpec, MapSpec>();
  for (const [section, variables] of Object.entries(values)) {
    if (variables === undefined) continue;
    const map = sections.get(section);
    const { btf, valueType, contents } = map ?? {};
    if (map === undefined || btf === undefined || valueType === undefined || contents === undefined)
      throw noSuch(`the object has no variables in ${section}`, section, [...sections.keys()]);
    changed.set(map, { ...map, contents: patched(btf, valueType, contents, variables, spec.littleEndian) });
  }
  return changed.size === 0 ? spec : { ...spec, maps: spec.maps.map((map) => changed.get(map) ?? map) };
}

function patched(
  btf: Btf,
  section: BtfTypeId,
  contents: Uint8Array,
  values: Readonly<Record<string, unknown>>,
  littleEndian: boolean,
): Uint8Array {
  const bytes = contents.slice();
  for (const { offset, encoded } of placed(btf, section, values, littleEndian)) bytes.set(encoded, offset);
  return bytes;
}

/** The bytes of each variable, and where in its section they are. */
function placed(
  btf: Btf,
  section: BtfTypeId,
  values: Readonly<Record<string, unknown>>,
  littleEndian: boolean,
): { readonly offset: number; readonly encoded: Uint8Array }[] {
  return Object.entries(values).map(([name, value]) => {
    const { type, offset } = variableOf(btf, section, name);
    return { offset, encoded: encoded(btf, name, type, value, littleEndian) };
  });
}

/** @throws {SkepError} `NO_SUCH_GLOBAL` */
function variableOf(btf: Btf, section: BtfTypeId, name: string) {
  const type = typeAt(btf, section);
  const rows = type.kind === 'datasec' ? type.vars : [];
  for (const { type: id, offset, size } of rows) {
    const variable = typeAt(btf, id);
    if (variable.kind === 'var' && variable.name === name) return { type: variable.type, offset, size };
  }
  const there = rows.map((row) => nameOf(typeAt(btf, row.type)));
  throw noSuch(`${nameOf(type)} has no variable ${name}`, name, there);
}

function encoded(btf: Btf, name: string, type: BtfTypeId, value: unknown, littleEndian: boolean): Uint8Array {
  try {
    return writeValue(btf, type, value as BtfValue, littleEndian);
  } catch (error) {
    if (!(error instanceof SkepError)) throw error;
    throw new SkepError(error.code, `variable ${name}: ${error.message}`, {
      facts: { ...error.facts, variable: name },
      cause: error,
    });
  }
}

function noSuch(message: string, name: string, there: readonly string[]): SkepError {
  return new SkepError('NO_SUCH_GLOBAL', message, {
    facts: { name, there },
    hint: there.length === 0 ? 'it has none at all' : `it has ${there.join(', ')}`,
  });
}

const KEY = new Uint8Array(4);

/** The global variables of one section of a loaded object, which its programs share. */
export class Globals<T> {
  readonly #map: TypedMap;

  constructor(map: TypedMap) {
    this.#map = map;
  }

  /** All variables as they are now. */
  async read(): Promise<T> {
    const { btf, valueType } = this.#map.info;
    const bytes = await this.#bytes();
    return (btf === undefined || !valueType ? bytes : readValue(btf, valueType, bytes)) as T;
  }

  /** One variable as it is now. @throws {SkepError} `NO_SUCH_GLOBAL` */
  async get<Name extends keyof T & string>(name: Name): Promise<T[Name]> {
    const { btf, section } = this.#types();
    const { type, offset, size } = variableOf(btf, section, name);
    return readValue(btf, type, (await this.#bytes()).subarray(offset, offset + size)) as T[Name];
  }

  /** Sets one variable; see `write`. */
  async set<Name extends keyof T & string>(name: Name, value: Given<T[Name]>): Promise<void> {
    await this.write({ [name]: value } as unknown as Given<T>);
  }

  /**
   * Sets variables; those that are left out keep their values, also while programs change them.
   *
   * @throws {SkepError} `NO_SUCH_GLOBAL`, `BTF_VALUE`; {KernelError} EPERM for constants, which are set before loading.
   */
  async write(values: Given<T>): Promise<void> {
    const { btf, section } = this.#types();
    const variables = placed(btf, section, values as Readonly<Record<string, unknown>>, true);
    for (const { offset, encoded } of variables) await this.#map.raw.patch(KEY, offset, encoded);
  }

  /** @throws {SkepError} `NO_SUCH_GLOBAL` for an object without types */
  #types(): { readonly btf: Btf; readonly section: BtfTypeId } {
    const { btf, valueType, name } = this.#map.info;
    if (btf !== undefined && valueType) return { btf, section: valueType };
    throw noSuch(`${name} does not say which variables it has: compile with -g`, name, []);
  }

  async #bytes(): Promise<Uint8Array> {
    return (await this.#map.raw.lookup(KEY)) ?? new Uint8Array(this.#map.info.valueSize);
  }
}
