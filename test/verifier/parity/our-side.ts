import type { Btf } from '../../../src/btf/index.js';
import { attachBtfId } from '../../../src/hooks/attach-btf.js';
import { hookByName } from '../../../src/hooks/index.js';
import type { MapFacts } from '../../../src/maps/map-type.js';
import { mapKind } from '../../../src/maps/registry.js';
import { valueTypes } from '../../../src/maps/value-types.js';
import type { MapSpec } from '../../../src/object/spec.js';
import type { VerifierProgram } from '../../../src/verifier/verify.js';
import type { Subject } from './subject.js';

/** The program as skep's verifier takes it. @throws {SkepError} for a kind of map that skep does not have. */
export function verifierProgram({ spec, type, insns, maps }: Subject, kernelBtf: Btf): VerifierProgram {
  const hook = hookByName(type);
  if (hook === undefined) throw new RangeError(`there is no program type ${type}`);
  const { name, license, subprograms, lines, btf, attachType, attachTo, sleepable, structOps } = spec;
  return {
    name,
    insns,
    hook,
    ...(attachType === undefined ? {} : { attachType }),
    license,
    maps: maps.map(factsOf),
    subprograms,
    lines,
    btf,
    kernelBtf,
    attachBtfId: attachBtfId(kernelBtf, attachType, attachTo ?? ''),
    sleepable,
    structOps,
  };
}

function factsOf(spec: MapSpec): MapFacts {
  const { name, type, keySize, valueSize, maxEntries, flags, mapExtra, frozen, contents, inner } = spec;
  const types = valueTypes(spec);
  const kind = mapKind(type);
  return {
    name,
    type: kind,
    keySize,
    valueSize,
    maxEntries,
    flags: flags | (kind.impliedFlags ?? 0),
    frozen: frozen === true,
    ...(mapExtra === undefined ? {} : { mapExtra }),
    ...(frozen === true && contents !== undefined ? { contents } : {}),
    ...(inner === undefined ? {} : { inner: { ...factsOf(inner), name: '' } }),
    ...(types === undefined ? {} : { types }),
  };
}
