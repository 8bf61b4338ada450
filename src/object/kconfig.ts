import { type Btf, resolvedType, writeValue } from '../btf/index.js';
import { objectError } from '../errors/object.js';
import type { KconfigExtern, MapSpec } from './spec.js';

/** Values that no configuration file holds: libbpf's own `LINUX_*` variables. */
export interface KconfigFacts {
  /** LINUX_VERSION_CODE of the kernel: `major << 16 | minor << 8 | patch`, the patch at most 255. */
  readonly kernelVersion: number;
  readonly hasSyscallWrapper: boolean;
  readonly hasBpfCookie: boolean;
}

/**
 * The contents of a `.kconfig` map for a kernel: what libbpf writes there before it loads a program.
 *
 * @param config the kernel's configuration, `CONFIG_HZ` to `1000`, `y`, `m` or `"text"`, as in `/proc/config.gz`.
 * @throws {SkepError} `OBJECT_UNRESOLVED` for a variable that is neither there nor weak, or whose value does not fit.
 */
export function kconfigContents(
  map: MapSpec,
  config: ReadonlyMap<string, string>,
  facts: KconfigFacts,
  littleEndian = true,
): Uint8Array {
  const contents = new Uint8Array(map.valueSize);
  const { btf, externs = [] } = map;
  if (btf === undefined) return contents;
  for (const setting of externs) {
    const value = factOf(setting.name, facts) ?? config.get(setting.name);
    if (value !== undefined) contents.set(encode(btf, setting, value, littleEndian), setting.offset);
    else if (!setting.weak)
      throw refuse(setting, 'is not in the kernel configuration', 'declare it __weak to read 0 instead');
  }
  return contents;
}

function factOf(name: string, facts: KconfigFacts): string | undefined {
  switch (name) {
    case 'LINUX_KERNEL_VERSION':
      return String(facts.kernelVersion);
    case 'LINUX_HAS_SYSCALL_WRAPPER':
      return facts.hasSyscallWrapper ? '1' : '0';
    case 'LINUX_HAS_BPF_COOKIE':
      return facts.hasBpfCookie ? '1' : '0';
    default:
      return undefined;
  }
}

function refuse({ name }: KconfigExtern, why: string, hint?: string) {
  return objectError('OBJECT_UNRESOLVED', `${name} ${why}`, {
    facts: { symbol: name, section: '.kconfig' },
    ...(hint === undefined ? {} : { hint }),
  });
}

/** libbpf's `enum libbpf_tristate`. */
const TRISTATE: Readonly<Record<string, bigint>> = { n: 0n, y: 1n, m: 2n };

function encode(btf: Btf, setting: KconfigExtern, text: string, littleEndian: boolean): Uint8Array {
  const type = resolvedType(btf, setting.type);
  if (type.kind === 'array') {
    const quoted = /^"(.*)"$/.exec(text);
    if (quoted === null) throw refuse(setting, `is ${text}, which is no string`);
    // Longer strings are cut, as libbpf does, but keep their NUL.
    const bytes = new Uint8Array(setting.size);
    const source = new TextEncoder().encode(quoted[1] ?? '');
    bytes.set(source.subarray(0, Math.max(0, setting.size - 1)));
    return bytes;
  }
  const value = TRISTATE[text] ?? parseNumber(text);
  if (value === undefined) throw refuse(setting, `is ${text}, which is no number`);
  const fitted = type.kind === 'int' && type.bool ? value === 1n : value;
  return writeValue(btf, setting.type, fitted, littleEndian);
}

function parseNumber(text: string): bigint | undefined {
  return /^-?(0x[0-9a-fA-F]+|\d+)$/.test(text)
    ? text.startsWith('-')
      ? -BigInt(text.slice(1))
      : BigInt(text)
    : undefined;
}
