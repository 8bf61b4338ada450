import { writeBtf } from '../../src/btf/index.js';
import type { Btf, BtfType } from '../../src/btf/types.js';
import { type BpfFd, btfLoad, mapCreate, mapFreeze, mapUpdate, type RawLoad } from '../../src/linux/bpf.js';
import type { MapFacts } from '../../src/maps/map-type.js';
import type { Capability } from '../../src/verifier/privileges.js';
import type { VerifierProgram } from '../../src/verifier/verify.js';
import { loadWith } from './capabilities.js';

/** This kernel's verdict on a program, with its BTF, functions and source lines, and the log of a level. */
export function kernelLog(
  program: VerifierProgram,
  logLevel: number,
  maps = kernelMaps(program),
  capabilities?: readonly Capability[],
): RawLoad {
  const btf = btfOf(program);
  try {
    const result = loadWith(capabilities, {
      type: program.hook.id,
      insns: program.insns,
      license: program.license,
      logLevel,
      maps,
      name: program.name.slice(0, 15),
      ...(btf === undefined ? {} : btf),
    });
    if (result.ok) result.program.close();
    return result;
  } finally {
    btf?.btf.close();
  }
}

/** The program's maps, made in the kernel with what they hold. The caller closes them. */
export function kernelMaps({ maps }: Pick<VerifierProgram, 'maps'>): BpfFd[] {
  return maps.map(kernelMap);
}

function kernelMap({
  name,
  type,
  keySize,
  valueSize,
  maxEntries,
  flags,
  contents,
  frozen,
  inner,
  types,
}: MapFacts): BpfFd {
  const innerMap = inner === undefined ? undefined : kernelMap(inner);
  // Types decide something only where something in them is special.
  const isSpecial = types !== undefined && types.special.length > 0;
  const btf = isSpecial ? btfLoad(writeBtf(loadable(types.btf))) : undefined;
  const map = mapCreate({
    type: type.id,
    keySize,
    valueSize,
    maxEntries,
    flags: flags & ~(type.impliedFlags ?? 0),
    name: name.slice(0, 15),
    ...(innerMap === undefined ? {} : { inner: innerMap }),
    ...(btf === undefined || types === undefined
      ? {}
      : { types: { btf, key: types.key, value: types.value } }),
  });
  innerMap?.close();
  btf?.close();
  if (contents !== undefined && flags !== 0)
    mapUpdate(map, new Uint8Array(new ArrayBuffer(4)), contents as Uint8Array<ArrayBuffer>);
  if (frozen) mapFreeze(map);
  return map;
}

/** A log without what differs from load to load: addresses and times. */
export function normaliseLog(log: string): string {
  return log
    .replace(/(\(18\) r\d = )0x[0-9a-f]+ */g, '$10x0 ')
    .replace(/verification time \d+ usec/, 'verification time 0 usec');
}

interface KernelBtf {
  readonly btf: BpfFd;
  readonly funcInfo: Uint8Array;
  readonly lineInfo: Uint8Array;
}

function btfOf(program: VerifierProgram): KernelBtf | undefined {
  if (program.btf === undefined || program.subprograms.length === 0) return undefined;
  const strings = new Map<string, number>();
  const bytes = withStrings(
    writeBtf(loadable(program.btf)),
    program.lines.flatMap(({ file, text }) => [file, text]),
    strings,
  );
  return {
    btf: btfLoad(bytes),
    funcInfo: words(program.subprograms.flatMap(({ start, funcType }) => [start, funcType])),
    lineInfo: words(
      program.lines.flatMap(({ insn, file, text, line, column }) => [
        insn,
        strings.get(file) as number,
        strings.get(text) as number,
        line * 1024 + column,
      ]),
    ),
  };
}

/** Variables and sections are of no use to the verifier, and only libbpf lays them out. */
function loadable(btf: Btf): Btf {
  const plain: BtfType = {
    kind: 'int',
    name: 'unused',
    size: 4,
    encoding: 'none',
    bits: 32,
    offset: 0,
  } as unknown as BtfType;
  return {
    ...btf,
    types: Array.from(btf.types, (type) => (type.kind === 'var' || type.kind === 'datasec' ? plain : type)),
  };
}

/** BTF with more strings at the end of its string section. */
function withStrings(bytes: Uint8Array, texts: readonly string[], offsets: Map<string, number>): Uint8Array {
  const encoder = new TextEncoder();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let length = view.getUint32(20, true);
  const parts: Uint8Array[] = [bytes];
  for (const text of texts) {
    if (offsets.has(text)) continue;
    const part = encoder.encode(`${text}\0`);
    offsets.set(text, length);
    parts.push(part);
    length += part.length;
  }
  view.setUint32(20, length, true);
  const whole = new Uint8Array(new ArrayBuffer(parts.reduce((sum, part) => sum + part.length, 0)));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function words(values: readonly number[]): Uint8Array {
  return new Uint8Array(new Uint32Array(values).buffer);
}
