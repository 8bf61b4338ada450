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
});
