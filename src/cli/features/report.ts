import { HELPER_NAMES } from '../../helpers/names.js';
import { PROGRAM_TYPES } from '../../hooks/program-types.js';
import { LINUX_MAP_TYPES } from '../../maps/registry.js';
import type { Json } from '../format/json.js';
import type { Support } from './support.js';

/** Options of the kernel's configuration that matter to BPF; `inMacros` are told to C as well. */
const CONFIG: readonly { readonly name: string; readonly inMacros?: true }[] = [
  ...(
    'BPF BPF_SYSCALL HAVE_EBPF_JIT BPF_JIT BPF_JIT_ALWAYS_ON DEBUG_INFO_BTF DEBUG_INFO_BTF_MODULES CGROUPS CGROUP_BPF ' +
    'CGROUP_NET_CLASSID SOCK_CGROUP_DATA BPF_EVENTS KPROBE_EVENTS UPROBE_EVENTS TRACING FTRACE_SYSCALLS ' +
    'FUNCTION_ERROR_INJECTION BPF_KPROBE_OVERRIDE NET XDP_SOCKETS LWTUNNEL_BPF NET_ACT_BPF NET_CLS_BPF NET_CLS_ACT ' +
    'NET_SCH_INGRESS XFRM IP_ROUTE_CLASSID IPV6_SEG6_BPF BPF_LIRC_MODE2 BPF_STREAM_PARSER NETFILTER_XT_MATCH_BPF ' +
    'BPFILTER BPFILTER_UMH TEST_BPF'
  )
    .split(' ')
    .map((name) => ({ name: `CONFIG_${name}` })),
  { name: 'CONFIG_HZ', inMacros: true },
];
/** Helpers that write to the kernel's log when they are loaded: asked for with `full` only. */
const NOISY: ReadonlySet<string> = new Set(['trace_printk', 'trace_vprintk', 'probe_write_user']);

const MISC = [
  { key: 'have_large_insn_limit', property: 'hasLargePrograms', text: 'Large program size limit' },
  { key: 'have_bounded_loops', property: 'hasBoundedLoops', text: 'Bounded loop support' },
  { key: 'have_v2_isa_extension', property: 'hasIsaV2', text: 'ISA extension v2' },
  { key: 'have_v3_isa_extension', property: 'hasIsaV3', text: 'ISA extension v3' },
] as const;

/** All that is known of a kernel, collected once. */
export interface Report {
  readonly parameters: readonly (readonly [name: string, value: number | undefined])[];
  readonly config: readonly {
    readonly name: string;
    readonly value: string | undefined;
    readonly inMacros: boolean;
  }[];
  readonly programTypes: readonly Answer[];
  readonly mapTypes: readonly Answer[];
  /** Names, without the three that are asked for with `full`. */
  readonly helpers: readonly { readonly type: string; readonly names: readonly string[] }[];
  readonly misc: readonly { readonly key: string; readonly text: string; readonly has: boolean }[];
}
interface Answer {
  readonly name: string;
  readonly has: boolean;
}

export function report(support: Support, full: boolean): Report {
  const programTypes = PROGRAM_TYPES.filter(({ id }) => id > 0).map(({ name }) => ({
    name,
    has: support.hasProgramType(name),
  }));
  return {
    parameters: Object.entries(support.parameters),
    config: CONFIG.map(({ name, inMacros = false }) => ({ name, value: support.config(name), inMacros })),
    programTypes,
    mapTypes: LINUX_MAP_TYPES.map(({ name }) => ({ name, has: support.hasMapType(name) })),
    helpers: programTypes.map(({ name: type }) => ({
      type,
      names: support
        .helpers(type)
        .map((id) => HELPER_NAMES[id] ?? '')
        .filter((name) => full || !NOISY.has(name))
        .map((name) => `bpf_${name}`),
    })),
    misc: MISC.map(({ key, property, text }) => ({ key, text, has: support[property] })),
  };
}

/** bpftool's shape. */
export function reportJson({ parameters, config, programTypes, mapTypes, helpers, misc }: Report): Json {
  const had = (rows: readonly Answer[], suffix: string) =>
    Object.fromEntries(rows.map(({ name, has }) => [`have_${name}_${suffix}`, has]));
  return {
    system_config: {
      ...Object.fromEntries(parameters.map(([name, value]) => [name, value ?? null])),
      ...Object.fromEntries(config.map(({ name, value }) => [name, value ?? null])),
    },
    syscall_config: { have_bpf_syscall: true },
    program_types: had(programTypes, 'prog_type'),
    map_types: had(mapTypes, 'map_type'),
    helpers: Object.fromEntries(helpers.map(({ type, names }) => [`${type}_available_helpers`, names])),
    misc: Object.fromEntries(misc.map(({ key, has }) => [key, has])),
  };
}

export function reportText({ parameters, config, programTypes, mapTypes, helpers, misc }: Report): string {
  const available = (has: boolean) => (has ? 'is available' : 'is NOT available');
  const part = (title: string, lines: readonly string[]) =>
    `${title}...\n${lines.map((line) => `${line}\n`).join('')}\n`;
  return [
    part('Scanning system configuration', [
      ...parameters.map(([name, value]) => `${name} is ${value ?? 'unknown'}`),
      ...config.map(({ name, value }) => `${name} is ${value === undefined ? 'not set' : `set to ${value}`}`),
    ]),
    part('Scanning system call availability', ['bpf() syscall is available']),
    part(
      'Scanning eBPF program types',
      programTypes.map(({ name, has }) => `eBPF program_type ${name} ${available(has)}`),
    ),
    part(
      'Scanning eBPF map types',
      mapTypes.map(({ name, has }) => `eBPF map_type ${name} ${available(has)}`),
    ),
    part(
      'Scanning eBPF helper functions',
      helpers.flatMap(({ type, names }) => [
        `eBPF helpers supported for program type ${type}:`,
        ...(names.length === 0 ? ['\tProgram type not supported'] : names.map((name) => `\t- ${name}`)),
      ]),
    ),
    part(
      'Scanning miscellaneous eBPF features',
      misc.map(({ text, has }) => `${text} ${available(has)}`),
    ),
  ].join('');
}

/** `#define`s for a C program that is to be compiled for the kernel. */
export function reportMacros(
  { config, programTypes, mapTypes, helpers, misc }: Report,
  prefix: string,
): string {
  const define = (name: string, has: boolean) => `#define ${prefix}${has ? '' : 'NO_'}${name.toUpperCase()}`;
  const part = (title: string, lines: readonly string[]) =>
    `/*** ${title} ***/\n${lines.map((line) => `${line}\n`).join('')}\n`;
  return [
    part(
      'Misc kernel config items',
      config.flatMap(({ name, value, inMacros }) =>
        !inMacros
          ? []
          : value === undefined
            ? [`#define ${prefix}NO_${name}`]
            : [`#define ${prefix}${name} ${value}`],
      ),
    ),
    part('System call availability', [define('HAVE_BPF_SYSCALL', true)]),
    part(
      'eBPF program types',
      programTypes.map(({ name, has }) => define(`HAVE_${name}_PROG_TYPE`, has)),
    ),
    part(
      'eBPF map types',
      mapTypes.map(({ name, has }) => define(`HAVE_${name}_MAP_TYPE`, has)),
    ),
    part('eBPF helper functions', [
      `/* ${prefix}HAVE_PROG_TYPE_HELPER(xdp, bpf_redirect) is 1, or not defined */`,
      `#define ${prefix}HAVE_PROG_TYPE_HELPER(prog_type, helper) ${prefix}BPF__PROG_TYPE_ ## prog_type ## __HELPER_ ## helper`,
      ...helpers.flatMap(({ type, names }) =>
        names.map((name) => `#define ${prefix}BPF__PROG_TYPE_${type}__HELPER_${name} 1`),
      ),
    ]),
    part(
      'eBPF misc features',
      misc.map(({ key, has }) => define(key, has)),
    ),
  ].join('');
}
