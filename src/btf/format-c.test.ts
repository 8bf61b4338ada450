import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readElf } from '../elf/index.js';
import { type Btf, type BtfType, formatC, readBtf } from './index.js';

const directory = mkdtempSync(join(tmpdir(), 'skep-format-c-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const clang = (() => {
  try {
    execFileSync('clang-19', ['--version'], { stdio: 'ignore' });
    return '';
  } catch {
    return '(skipped: no clang-19 here)';
  }
})();

function btfOf(path: string): Btf {
  const section = readElf(new Uint8Array(readFileSync(path))).sections.find(({ name }) => name === '.BTF');
  if (section === undefined) throw new Error(`${path} has no BTF`);
  return readBtf(section.data);
}

type Composite = Extract<BtfType, { kind: 'struct' | 'union' }>;

function composites(btf: Btf): Composite[] {
  return [...btf.types].filter(
    (type): type is Composite => (type.kind === 'struct' || type.kind === 'union') && type.name !== '',
  );
}

/** Lets clang check each size and offset. */
function assertions(btf: Btf): string {
  return composites(btf)
    .flatMap((type) => [
      `_Static_assert(sizeof(${type.kind} ${type.name}) == ${type.size}, "size");`,
      ...type.members
        .filter(({ name, bitfieldSize }) => name !== '' && bitfieldSize === 0)
        .map(
          ({ name, bitOffset }) =>
            `_Static_assert(__builtin_offsetof(${type.kind} ${type.name}, ${name}) == ${bitOffset / 8}, "${name}");`,
        ),
    ])
    .join('\n');
}

const OBJECTS = ['types', 'core', 'map_kinds', 'data', 'subprograms'];

describe('formatC', () => {
  it.skipIf(clang !== '').each(OBJECTS)(
    `writes C with the layout that the types of %s say ${clang}`,
    (name) => {
      const btf = btfOf(`test/cases/objects/${name}.o`);
      const path = join(directory, `${name}.c`);
      writeFileSync(path, `${formatC(btf)}\n${assertions(btf)}\n`);
      execFileSync('clang-19', ['-target', 'bpf', '-fsyntax-only', '-w', path], { stdio: 'pipe' });
    },
  );

  it.skipIf(clang !== '')(`writes C that compiles to types which it writes the same ${clang}`, () => {
    const text = formatC(btfOf('test/cases/objects/types.o'));
    const source = join(directory, 'again.c');
    const object = join(directory, 'again.o');
    const uses = composites(btfOf('test/cases/objects/types.o')).map(
      ({ kind, name }, index) => `${kind} ${name} *use_${index};`,
    );
    writeFileSync(source, `${text}\n${uses.join('\n')}\n`);
    execFileSync('clang-19', ['-target', 'bpf', '-g', '-O2', '-w', '-c', source, '-o', object], {
      stdio: 'pipe',
    });
    const definitions = (all: string) =>
      all
        .split(/\n(?=struct|union|enum|typedef)/)
        .map((part) => part.trim())
        .sort();
    const again = definitions(formatC(btfOf(object)));
    for (const definition of definitions(text)) expect(again).toContain(definition);
  });

  it('orders definitions, declares what is behind pointers, and marks packing and padding', () => {
    const text = formatC(btfOf('test/cases/objects/types.o'));
    expect(text).toContain('typedef struct forward *forward_ptr;\n');
    expect(text.indexOf('struct forward;')).toBeLessThan(text.indexOf('typedef struct forward *'));
    expect(text).toContain('typedef int (*compare_fn)(const struct forward *, const void *, ...);\n');
    expect(text).toContain(
      'struct packed_one {\n\tchar a;\n\tint b;\n\t__u64 c;\n} __attribute__((packed));\n',
    );
    expect(text).toContain('\tvoid (*(*table)[4])(int);\n');
    expect(text).toContain('\tvolatile int * const volatile_ptr;\n');
    expect(text).toContain('\t__u32 a: 3;\n\t__s32 b: 7;\n\tchar: 6;\n\t__u32 c: 16;\n');
  });

  const long = { kind: 'int', name: 'long', size: 8, bits: 64, bitOffset: 0, signed: true } as const;
  const kfuncs: Btf = {
    types: [
      { kind: 'void' },
      { ...long, char: false, bool: false },
      { kind: 'struct', name: 'task', size: 0, members: [] },
      { kind: 'ptr', type: 2 },
      { kind: 'func_proto', returns: 3, params: [{ name: 'pid', type: 1 }] },
      { kind: 'func', name: 'task_of', type: 4, linkage: 'static' },
      { kind: 'func', name: 'not_for_programs', type: 4, linkage: 'static' },
      { kind: 'decl_tag', name: 'bpf_kfunc', type: 5, componentIndex: -1 },
      { kind: 'decl_tag', name: 'bpf_fastcall', type: 5, componentIndex: -1 },
    ],
  };

  it('declares the functions that programs may call at the end of vmlinux.h', () => {
    const text = formatC(kfuncs, { guard: '__VMLINUX_H__' });
    expect(text.slice(text.indexOf('#pragma clang attribute pop'))).toBe(`#pragma clang attribute pop
#endif

#ifndef BPF_NO_KFUNC_PROTOTYPES
#ifndef __ksym
#define __ksym __attribute__((section(".ksyms")))
#endif

#ifndef __weak
#define __weak __attribute__((weak))
#endif

#ifndef __bpf_fastcall
#if __has_attribute(bpf_fastcall)
#define __bpf_fastcall __attribute__((bpf_fastcall))
#else
#define __bpf_fastcall
#endif
#endif

extern __bpf_fastcall struct task *task_of(long pid) __weak __ksym;
#endif

#endif /* __VMLINUX_H__ */
`);
    expect(text).toContain('struct task {');
  });

  it('declares no functions beside chosen types', () => {
    expect(formatC(kfuncs, { guard: '__VMLINUX_H__', roots: [2] })).not.toContain('task_of');
  });
});
