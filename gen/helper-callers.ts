// Measures on a real kernel which program types may call which helper, and which helpers need a GPL-compatible
// licence, by loading one tiny program for each pair. Writes src/helpers/callers.ts. As root:
//   node scripts/generate.mjs --kernel
import { execSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { HELPER_NAMES } from '../src/helpers/names.js';
import { attachTypeByName, hookByName } from '../src/hooks/index.js';
import { capabilitiesToLoad } from '../src/hooks/load-capabilities.js';
import { PROGRAM_TYPES } from '../src/hooks/program-types.js';
import { Attr } from '../src/linux/sys/attr.js';
import { bpfSyscall, closeFd } from '../src/linux/sys/syscall.js';
import { unprivilegedRefusal, withCapabilities } from '../test/support/capabilities.js';

/** What a type needs besides its number: flags, expected attach type, BTF id of what it attaches to. */
interface LoadExtra {
  readonly flags?: number;
  readonly attach?: number;
  readonly btfId?: number;
}
const EXTRA: Record<string, LoadExtra> = {
  cgroup_sock: { attach: 2 },
  cgroup_sock_addr: { attach: 10 },
  cgroup_sockopt: { attach: 21 },
  sk_lookup: { attach: 36 },
  netfilter: { attach: 45 },
  syscall: { flags: 16 },
  struct_ops: { btfId: kernelType("STRUCT 'tcp_congestion_ops'") },
  tracing: { attach: 23, btfId: kernelType("TYPEDEF 'btf_trace_sys_enter'") },
};

/** What tracing programs of another attach type are attached to. Most cannot be loaded here. */
const TARGETS: Record<string, LoadExtra> = { trace_iter: { btfId: kernelType("FUNC 'bpf_iter_task'") } };

let dump: string | undefined;
function kernelType(text: string): number {
  dump ??= execSync('bpftool btf dump file /sys/kernel/btf/vmlinux', { maxBuffer: 1 << 28 }).toString();
  return Number(new RegExp(`^\\[(\\d+)\\] ${text}`, 'm').exec(dump)?.[1] ?? 0);
}

/** r1…r5 = 0; call helper; r0 = 0; exit */
function program(helper: number): Uint8Array {
  const bytes: number[] = [];
  for (let register = 1; register <= 5; register++) bytes.push(0xb7, register, 0, 0, 0, 0, 0, 0);
  bytes.push(0x85, 0, 0, 0, helper, 0, 0, 0, 0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);
  return Uint8Array.from(bytes);
}

function load(type: number, helper: number, license: string, extra: LoadExtra): { ok: boolean; log: string } {
  const log = new Uint8Array(65536);
  const insns = program(helper);
  const attr = new Attr(144)
    .u32(0, type)
    .u32(4, insns.length / 8)
    .pointer(8, insns)
    .pointer(16, new TextEncoder().encode(`${license}\0`))
    .u32(24, 1)
    .u32(28, log.length)
    .pointer(32, log)
    .u32(44, extra.flags ?? 0)
    .u32(68, extra.attach ?? 0)
    .u32(108, extra.btfId ?? 0);
  const result = bpfSyscall(5, attr.bytes);
  if (result >= 0) closeFd(result);
  return { ok: result >= 0, log: new TextDecoder().decode(log.subarray(0, log.indexOf(0))) };
}

function mayCall(type: number, helper: number, extra: LoadExtra): boolean {
  const { ok, log } = load(type, helper, 'GPL', extra);
  return ok || (/R\d|type=|func/.test(log) && !/cannot use helper|unknown func|invalid func/.test(log));
}

/** `1-3 5`: ids 1, 2, 3 and 5. */
function ranges(ids: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < ids.length; ) {
    let end = i;
    while (ids[end + 1] === ids[end]! + 1) end++;
    parts.push(end === i ? `${ids[i]}` : `${ids[i]}-${ids[end]}`);
    i = end + 1;
  }
  return parts.join(' ');
}

/** Iterators over sockets may call what others may not. */
const ITERATORS = ['tcp', 'udp', 'unix'] as const;

function measureIterators(type: number, extra: LoadExtra): void {
  const attach = attachTypeByName('trace_iter')?.id ?? 0;
  const callable = (target: string) =>
    HELPER_NAMES.map((_, id) => id).filter(
      (id) => id > 0 && mayCall(type, id, { ...extra, attach, btfId: kernelType(`FUNC '${target}'`) }),
    );
  const usual = callable('bpf_iter_task');
  for (const name of ITERATORS) {
    const also = callable(`bpf_iter_${name}`).filter((id) => !usual.includes(id));
    if (also.length > 0)
      exceptions.push(`  'tracing trace_iter ${name}': { not: '', also: '${ranges(also)}' },`);
  }
}

const rows: string[] = [];
const exceptions: string[] = [];
const gpl = new Set<number>();
for (const { id: type, name } of PROGRAM_TYPES) {
  const extra = EXTRA[name] ?? {};
  const ids = HELPER_NAMES.map((_, id) => id).filter((id) => id > 0 && mayCall(type, id, extra));
  if (ids.length === 0) continue;
  rows.push(`  ${name}: '${ranges(ids)}',`);
  const hook = hookByName(name);
  const views = hook?.views.flatMap(({ attachTypes }) => attachTypes ?? []) ?? [];
  // Linux asks for the attach type even where a type has one only.
  for (const attachType of new Set([...views, ...(hook?.attachTypes ?? [])])) {
    const attach = attachTypeByName(attachType)?.id ?? 0;
    const target = TARGETS[attachType];
    const isOther = attach === (extra.attach ?? 0) || (name === 'tracing' && target === undefined);
    if (isOther) continue;
    const here = HELPER_NAMES.map((_, id) => id).filter(
      (id) => id > 0 && mayCall(type, id, { ...extra, attach, ...target }),
    );
    const not = ids.filter((id) => !here.includes(id));
    const also = here.filter((id) => !ids.includes(id));
    if (not.length + also.length > 0)
      exceptions.push(`  '${name} ${attachType}': { not: '${ranges(not)}', also: '${ranges(also)}' },`);
  }
  if (name === 'tracing') measureIterators(type, extra);
  for (const id of ids) if (/GPL-restricted/.test(load(type, id, 'Proprietary', extra).log)) gpl.add(id);
}
/** Helpers that programs may call only when their loader has more than these capabilities: the same for all types. */
function withheld(from: readonly ('bpf' | 'net_admin')[]): number[] {
  const found = new Set<number>();
  for (const { id: type, name } of PROGRAM_TYPES) {
    if (!capabilitiesToLoad(name).every((each) => from.some((has) => has === each))) continue;
    const extra = EXTRA[name] ?? {};
    for (const [id] of HELPER_NAMES.entries())
      if (id > 0 && mayCall(type, id, extra) && !withCapabilities(from, () => mayCall(type, id, extra)))
        found.add(id);
  }
  return [...found].sort((a, b) => a - b);
}

process.env['SKEP_UNPRIVILEGED_BPF'] = '1';
const refusal = unprivilegedRefusal();
if (refusal !== undefined) throw new Error(refusal);
const perfmon = withheld(['bpf', 'net_admin']);
const bpf = withheld([]).filter((id) => !perfmon.includes(id));
writeFileSync(
  'src/helpers/callers.ts',
  `// Generated by gen/helper-callers.ts on a real kernel; do not edit.

/**
 * Ids of the helpers that each program type may call, measured on Linux 6.18 with all privileges and the type's first
 * attach type. Missing types could not be loaded where this was measured.
 */
export const CALLABLE_HELPERS: Readonly<Record<string, string>> = {
${rows.join('\n')}
};

/** Where another attach type than the first takes helpers away or gives some more: \`type attach_type\`. */
export const ATTACH_TYPE_HELPERS: Readonly<Record<string, { readonly not: string; readonly also: string }>> = {
${exceptions.join('\n')}
};

/** Ids of the helpers that only programs with a GPL-compatible licence may call. */
export const GPL_HELPERS = '${ranges([...gpl].sort((a, b) => a - b))}';

/** Ids of the helpers that take CAP_PERFMON, and of those that take CAP_BPF, where the program's type does not. */
export const PERFMON_HELPERS = '${ranges(perfmon)}';
export const BPF_HELPERS = '${ranges(bpf)}';
`,
);
