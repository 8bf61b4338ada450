// The macros of Linux's uapi headers that programs use, with their values, and the names of their types, as clang sees them in the installed headers.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const HEADERS =
  `types bpf bpf_common bpf_perf_event if_ether if_packet if_vlan if_arp if_tunnel ip ipv6 tcp udp in in6 icmp
icmpv6 igmp pkt_cls pkt_sched sctp mpls gre errno socket stat fs fcntl sched ptrace perf_event netfilter netfilter_ipv4
rtnetlink neighbour if_link if unistd capability limits stddef string version swab`.split(/\s+/);
/** Outside linux/: what user space calls the same things. */
const OTHERS = [
  'asm/errno.h',
  'asm-generic/errno.h',
  'asm-generic/errno-base.h',
  'sys/socket.h',
  'bits/socket.h',
  'netinet/in.h',
  'arpa/inet.h',
  'sys/types.h',
  'errno.h',
  'asm/types.h',
  'asm/byteorder.h',
  'string.h',
  'stdlib.h',
  'asm/ptrace.h',
  'asm/unistd.h',
  'asm/unistd_64.h',
];

/** Those that do not compile on their own. */
const WITH_SOCKETS = new Set(['linux/netfilter.h', 'linux/netfilter_ipv4.h', 'bits/socket.h']);

const names = [...HEADERS.map((name) => `linux/${name}.h`), ...OTHERS];
const defined: Record<string, string[]> = {};
const types = new Set<string>();
for (const name of names) {
  let text: string;
  try {
    const args = '-x c -E -dD -I/usr/include/x86_64-linux-gnu -target x86_64-linux-gnu -'.split(' ');
    const before = WITH_SOCKETS.has(name) ? '#include <sys/socket.h>\n' : '';
    const input = `${before}#include <${name}>\n`;
    text = execFileSync('clang-19', args, {
      input,
      stdio: ['pipe', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    }).toString();
  } catch {
    // The kernel's headers of this machine lack it.
    text = '';
  }
  defined[name] = linesOf(text, name);
  if (name.startsWith('linux/')) addTypes(text);
}

/** The names of what Linux's headers define, with those that they include. */
function addTypes(text: string): void {
  let file = '';
  for (const line of text.split('\n')) {
    const [, entered] = /^# \d+ "(.*?)"/.exec(line) ?? [];
    if (entered !== undefined) file = entered;
    if (!/\/(linux|asm|asm-generic)\//.test(file)) continue;
    const [, tag, alias] = /^(?:typedef )?(?:struct|union|enum) (\w+)|^typedef .*?(\w+);/.exec(line) ?? [];
    const name = tag ?? alias;
    if (name !== undefined) types.add(name);
  }
}

/**
 * What a header brings: a line for each of the listed headers that it includes, and the numbers and names that it and
 * the other headers of Linux below it define; functions, attributes and guards stay out.
 */
function linesOf(text: string, header: string): string[] {
  const macros = new Map<string, string>();
  const included = new Set<string>();
  // The listed header that each file on the way belongs to; the innermost last.
  const owners: (string | undefined)[] = [];
  for (const line of text.split('\n')) {
    const [, entered, flag] = /^# \d+ "(.*?)"((?: \d)*)/.exec(line) ?? [];
    if (entered !== undefined) {
      const owner = entered.endsWith(`/${header}`)
        ? header
        : names.find((name) => entered.endsWith(`/${name}`));
      if (flag?.startsWith(' 1')) {
        if (owners.at(-1) === header && owner !== undefined && owner !== header) included.add(owner);
        owners.push(owner ?? (/\/(linux|asm|asm-generic)\//.test(entered) ? owners.at(-1) : undefined));
      } else if (flag?.startsWith(' 2')) owners.pop();
      continue;
    }
    const [, name, value] = /^#define (\w+(?:\([^)]*\))?) (.+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || owners.at(-1) !== header) continue;
    if (isWanted(name, value)) macros.set(name, value.trim());
  }
  return [
    ...[...included].map((name) => `#${name}`),
    ...[...macros].map(([name, value]) => `${name} ${value}`),
  ];
}

/** Numbers and other names, types with an alignment, and expressions of parameters that are written in capitals. */
function isWanted(name: string, value: string): boolean {
  if (/^__aligned_\w+$/.test(name)) return true;
  if (/^[A-Z]\w*\(/.test(name)) return !/\b(inline|extern|asm|memset|strlen|NULL)\b|[{}]/.test(value);
  return (
    /^\w+$/.test(name) &&
    name !== value.trim() &&
    /^[\s\w()|<&~+*-]+$/.test(value) &&
    !/\b(struct|sizeof|inline|extern|void|int|char|long|unsigned|__attribute__|asm)\b/.test(value) &&
    !/^_+[A-Z].*_H$/.test(name)
  );
}

const rows = Object.entries(defined).map(
  ([name, macros]) => `  '${name}': ${JSON.stringify(macros.join('\n'))},`,
);
/** By header: the constants of its enumerations without a name, which a kernel's BTF mostly lacks, as numbers. */
function enumerators(): Record<string, Record<string, string>> {
  const headers = HEADERS.map((name) => `linux/${name}.h`).filter((name) => !WITH_SOCKETS.has(name));
  const args = ['-I/usr/include/x86_64-linux-gnu', '-target', 'x86_64-linux-gnu', '-x', 'c', '-'];
  const run = (more: readonly string[], input: string) =>
    execFileSync('clang-19', [...more, ...args], {
      input,
      stdio: ['pipe', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    }).toString();
  const source = ['stdint.h', 'sys/socket.h', ...headers]
    .map((name) => `#if __has_include(<${name}>)\n#include <${name}>\n#endif\n`)
    .join('');
  const owners = new Map<string, string>();
  for (const part of run(['-E'], source).split(/^# \d+ "/m)) {
    const file = part.slice(0, part.indexOf('"'));
    const header = headers.find((name) => file.endsWith(`/${name}`));
    if (header === undefined) continue;
    for (const [, body = ''] of part.matchAll(/\benum\s*\{([^}]*)\}/g))
      for (const [, name = ''] of body.matchAll(/(?:^|,)\s*([A-Z]\w+)/g)) owners.set(name, header);
  }
  const values = [...owners.keys()].map((name) => `long long value_${name} = ${name};\n`).join('');
  const ir = run(['-S', '-emit-llvm', '-o', '-'], `${source}${values}`);
  const found: Record<string, Record<string, string>> = {};
  for (const [, name = '', value = ''] of ir.matchAll(/^@value_(\w+) = .*? i64 (-?\d+)/gm)) {
    const header = owners.get(name) ?? '';
    found[header] = { ...found[header], [name]: value };
  }
  return found;
}

writeFileSync(
  'src/compiler/headers/uapi-macros.ts',
  `// Generated by gen/uapi-macros.ts from Linux's uapi headers.\n/** By header: the headers that it includes, a line each with a #, then its macros, name and value. */\nexport const UAPI_MACROS: Readonly<Record<string, string>> = {\n${rows.join('\n')}\n};\n\n/** The types that these headers define. */\nexport const UAPI_TYPES: ReadonlySet<string> = new Set(\n  ${JSON.stringify([...types].sort().join(' '))}.split(' '),\n);\n
/** By header: the constants of enumerations that have no name. */
export const UAPI_ENUMERATORS: Readonly<Record<string, Readonly<Record<string, string>>>> = ${JSON.stringify(enumerators())};\n`,
);
