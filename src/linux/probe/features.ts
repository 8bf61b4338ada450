import { type Btf, type BtfType, writeBtf } from '../../btf/index.js';
import { ERRNO } from '../../errors/errno.js';
import { decodeInsns } from '../../isa/index.js';
import { tryBpf } from '../bpf/call.js';
import { progLoad, type RawProgram } from '../bpf/program.js';
import { Fd } from '../sys/fd.js';

/**
 * What a kernel may lack, found out by trying: the smallest map, program or BTF that needs it. A kernel's version says
 * little, as distributions carry parts of newer ones.
 */
export const FEATURES = {
  prog_name: { since: '4.15', has: () => loads({ name: 'skep_probe' }) },
  btf: { since: '4.18', has: () => takesTypes([int()]) },
  btf_func: { since: '5.0', has: () => takesTypes([int(), proto(), func('static')]) },
  btf_datasec: { since: '5.2', has: () => takesTypes([int(), variable(), datasec()]) },
  btf_func_global: { since: '5.6', has: () => takesTypes([int(), proto(), func('global')]) },
  btf_float: { since: '5.13', has: () => takesTypes([{ kind: 'float', name: 'float', size: 4 }]) },
  btf_decl_tag: {
    since: '5.16',
    has: () =>
      takesTypes([int(), variable(), { kind: 'decl_tag', name: 'tag', type: 2, componentIndex: -1 }]),
  },
  btf_type_tag: {
    since: '5.17',
    has: () => takesTypes([int(), { kind: 'type_tag', name: 'tag', type: 1 }, { kind: 'ptr', type: 2 }]),
  },
  btf_enum64: {
    since: '6.0',
    has: () => takesTypes([{ kind: 'enum64', name: 'e', size: 8, signed: false, values: [] }]),
  },
  /** A device that cannot be is looked for only by kernels that know the attach type. */
  tcx_link: { since: '6.6', has: () => linksTo({ type: SCHED_CLS, attachType: 46 }, ERRNO.ENODEV) },
  /** bpf_get_attach_cookie, and links on perf events, which came with it. */
  perf_link: { since: '5.15', has: () => loads({ type: KPROBE, insns: callOf(174) }) },
  /** Memory of maps and programs counts for the cgroup, and no more as locked. */
  memcg_accounting: { since: '5.11', has: () => loads({ insns: callOf(160) }) },
} as const satisfies Readonly<Record<string, { readonly since: string; readonly has: () => boolean }>>;

export type Feature = keyof typeof FEATURES;

const known = new Map<Feature, boolean>();

/** Whether this kernel has a feature; tried once in a process. */
export function hasFeature(feature: Feature): boolean {
  const answer = known.get(feature) ?? FEATURES[feature].has();
  known.set(feature, answer);
  return answer;
}

const SOCKET_FILTER = 1;
const KPROBE = 2;
const SCHED_CLS = 3;
/** r0 = 0; exit */
const EXIT = decodeInsns(Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0));

/** call helper; r0 = 0; exit: r1 is the context. */
function callOf(helper: number) {
  return [{ opcode: 0x85, dst: 0, src: 0, off: 0, imm: helper }, ...EXIT];
}

function loads(program: Partial<RawProgram>): boolean {
  const result = progLoad({ type: SOCKET_FILTER, insns: EXIT, license: 'GPL', ...program });
  if (result.ok) result.program.close();
  return result.ok;
}

function linksTo({ type, attachType }: { type: number; attachType: number }, errno: number): boolean {
  const load = progLoad({ type, insns: EXIT, license: 'GPL' });
  if (!load.ok) return false;
  using program = load.program;
  const values = { prog_fd: program.fd, target_fd: 0x7fff_ffff, attach_type: attachType };
  return tryBpf('link_create', values).result === -errno;
}

function takesTypes(types: readonly BtfType[]): boolean {
  const btf = writeBtf({ types: [{ kind: 'void' }, ...types] } satisfies Btf);
  const { result } = tryBpf('btf_load', { btf, btf_size: btf.length });
  if (result >= 0) new Fd(result).close();
  return result >= 0;
}

/** `int`, the smallest type that BTF can tell of. */
export const int = (): BtfType => ({
  kind: 'int',
  name: 'int',
  size: 4,
  bits: 32,
  bitOffset: 0,
  signed: true,
  char: false,
  bool: false,
});
const proto = (): BtfType => ({ kind: 'func_proto', returns: 1, params: [{ name: 'a', type: 1 }] });
const func = (linkage: 'static' | 'global'): BtfType => ({ kind: 'func', name: 'f', type: 2, linkage });
const variable = (): BtfType => ({ kind: 'var', name: 'v', type: 1, linkage: 'static' });
const datasec = (): BtfType => ({
  kind: 'datasec',
  name: '.data',
  size: 4,
  vars: [{ type: 2, offset: 0, size: 4 }],
});
