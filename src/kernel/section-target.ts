import { SkepError } from '../errors/base.js';
import { CGROUP_PROGRAM_TYPES } from '../hooks/cgroup-types.js';
import type { ProgramSpec } from '../object/spec.js';
import type { AttachTarget } from './target.js';

type Named = Pick<ProgramSpec, 'name' | 'section' | 'type' | 'attachType' | 'attachTo'>;

/** Where a program's own section attaches it. @throws {SkepError} `NO_TARGET` when the section does not say. */
export function sectionTarget(spec: Named): AttachTarget {
  const target = spec.type === 'kprobe' ? probe(spec) : BY_TYPE[spec.type ?? '']?.(spec);
  if (target !== undefined) return target;
  throw new SkepError(
    'NO_TARGET',
    `section ${spec.section} of program ${spec.name} does not say where to attach it`,
    {
      facts: { program: spec.name, section: spec.section },
      hint: `say it: attach(name, ${EXAMPLES[spec.type ?? ''] ?? "{ kind: 'xdp', iface: 'eth0' }"})`,
    },
  );
}

const EXAMPLES: Readonly<Record<string, string>> = {
  sched_cls: "{ kind: 'tcx', iface: 'eth0', direction: 'ingress' }",
  netfilter: "{ kind: 'netfilter', family: 'ipv4', hook: 'input', priority: 0 }",
  sk_lookup: "{ kind: 'netns', attachType: 'sk_lookup' }",
  flow_dissector: "{ kind: 'netns', attachType: 'flow_dissector' }",
  perf_event: "{ kind: 'perf_event', event: 'cpu_clock', frequency: 99 }",
  ...Object.fromEntries(
    CGROUP_PROGRAM_TYPES.map((type) => [
      type,
      "{ kind: 'cgroup', path: '/sys/fs/cgroup/…', attachType: '…' }",
    ]),
  ),
};

const BY_TYPE: Readonly<Record<string, (spec: Named) => AttachTarget | undefined>> = {
  tracepoint: ({ attachTo }) => {
    if (attachTo === undefined) return undefined;
    const slash = attachTo.lastIndexOf('/');
    const name = attachTo.slice(slash + 1);
    return slash < 0
      ? { kind: 'tracepoint', name }
      : { kind: 'tracepoint', category: attachTo.slice(0, slash), name };
  },
  raw_tracepoint: rawTracepoint,
  raw_tracepoint_writable: rawTracepoint,
  socket_filter: () => ({ kind: 'socket' }),
  tracing: (spec) =>
    spec.attachType === 'trace_iter'
      ? { kind: 'iter', ...(spec.attachTo === undefined ? {} : { name: spec.attachTo }) }
      : loadedFor(spec),
  lsm: (spec) => (spec.attachType === 'lsm_cgroup' ? undefined : loadedFor(spec)),
  ext: loadedFor,
};

function rawTracepoint({ attachTo }: Named): AttachTarget | undefined {
  return attachTo === undefined ? undefined : { kind: 'raw_tracepoint', name: attachTo };
}

function loadedFor({ attachType, attachTo }: Named): AttachTarget | undefined {
  if (attachTo === undefined) return undefined;
  return { kind: 'tracing', ...(attachType === undefined ? {} : { attachType }), function: attachTo };
}

/** libbpf's forms: `kprobe/FUNC[+OFFSET]`, `ksyscall/NAME`, `kprobe.multi/PATTERN`, `uprobe/FILE:FUNC[+OFFSET]`; `ret` in the word. */
function probe({ section, attachTo }: Named): AttachTarget | undefined {
  const [word = ''] = section.split('/');
  if (attachTo === undefined) return undefined;
  const returns = word.includes('ret') ? { returns: true } : {};
  if (/^k(ret)?probe\.multi$/.test(word)) return { kind: 'kprobe_multi', functions: [attachTo], ...returns };
  // The kernel's function behind a system call, on x86-64.
  if (/^k(ret)?syscall$/.test(word)) return { kind: 'kprobe', function: `__x64_sys_${attachTo}`, ...returns };
  if (/^k(ret)?probe$/.test(word)) {
    const { name, offset } = place(attachTo);
    return { kind: 'kprobe', function: name, ...offset, ...returns };
  }
  if (/^u(ret)?probe(\.s)?$/.test(word)) {
    const rest = section.slice(section.indexOf('/') + 1);
    const colon = rest.lastIndexOf(':');
    if (colon < 0) return undefined;
    const { name, offset } = place(rest.slice(colon + 1));
    return { kind: 'uprobe', file: rest.slice(0, colon), function: name, ...offset, ...returns };
  }
  return undefined;
}

function place(text: string): { name: string; offset: { offset?: number } } {
  const [name = '', offset] = text.split('+');
  return { name, offset: offset === undefined ? {} : { offset: Number(offset) } };
}
