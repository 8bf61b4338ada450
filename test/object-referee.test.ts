import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findByName, readBtf } from '../src/btf/index.js';
import { formatInsn } from '../src/isa/disasm/index.js';
import { type Insn, OPCODE_LD_IMM64 } from '../src/isa/index.js';
import { type ObjectSpec, type ProgramSpec, parseObject, relocate } from '../src/object/index.js';

/**
 * libbpf and the running kernel as referees: bpftool loads the fixtures and says which CO-RE records it patched how,
 * which maps it made, and (the verifier's log) every instruction that the kernel was given.
 */
const VMLINUX = '/sys/kernel/btf/vmlinux';
const OBJECTS = ['core', 'data', 'map_kinds', 'subprograms', 'syn_count', 'kernel_symbols'];
const directory = mkdtempSync(join(tmpdir(), 'skep-referee-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Referee {
  readonly log: string;
  readonly maps: readonly Record<string, unknown>[];
}

const SCRIPT = `mount -t bpf bpf /sys/fs/bpf || exit 77
name=$1
bpftool -d prog loadall test/cases/objects/$name.o /sys/fs/bpf/$name >"$2" 2>&1 || exit 78
for prog in /sys/fs/bpf/$name/*; do
  for map in $(bpftool -j prog show pinned $prog | sed -n 's/.*"map_ids":\\[\\([0-9,]*\\)\\].*/\\1/p' | tr , ' '); do
    bpftool -j map show id $map; echo
  done
done`;

function ask(name: string): Referee | string {
  const path = join(directory, `${name}.log`);
  try {
    const output = execFileSync('unshare', ['-m', 'sh', '-c', SCRIPT, 'sh', name, path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const lines = output.split('\n').filter((line) => line.startsWith('{'));
    return { log: readFileSync(path, 'utf8'), maps: lines.map((line) => JSON.parse(line)) };
  } catch (error) {
    return `(skipped: bpftool cannot load ${name} here: ${String(error).split('\n')[0]})`;
  }
}

const answers = new Map(OBJECTS.map((name) => [name, ask(name)]));
const kernelBtf = (() => {
  try {
    return readBtf(new Uint8Array(readFileSync(VMLINUX)), VMLINUX);
  } catch {
    return undefined;
  }
})();

const parse = (name: string): ObjectSpec =>
  parseObject(new Uint8Array(readFileSync(`test/cases/objects/${name}.o`)), { name });

function relocated(program: ProgramSpec): Insn[] {
  return relocate(program, {
    mapIndex: () => 0,
    kernelBtf,
    ksym: (symbol) => (symbol === 'bpf_prog_fops' ? 1n : undefined),
    kfunc: (symbol) => kernelBtf && findByName(kernelBtf, symbol, 'func'),
  });
}

/** `prog 'x': relo #3: patched insn #8 (ALU/ALU64) imm 1 -> 0` */
const PATCHED = /prog '(\w+)': relo #\d+: patched insn #(\d+) \((\S+)\) (?:imm|off|imm64) -?\d+ -> (-?\d+)/g;

function patchedValue(insns: readonly Insn[], at: number, kind: string): number | undefined {
  return kind === 'LDX/ST/STX' ? insns[at]?.off : insns[at]?.imm;
}

/** Addresses in the log are the kernel's own; libbpf before 1.2 left 0 in place of an absent weak function. */
function comparable(text: string): string {
  return text
    .replace('#2002000000', '#0')
    .replace(/\(18\) (r\d+) = .*/, '(18) $1')
    .replace(/call (?:[\w]+)?#(-?\d+)$/, 'call #$1')
    .replace(/call kernel-function.*|call \w+#\d{3,}$/, 'call kfunc');
}

function written(insns: readonly Insn[], at: number): string {
  const opcode = (insns[at]?.opcode ?? 0).toString(16).padStart(2, '0');
  return `(${opcode}) ${formatInsn(insns, at)}`;
}

function givenInsns(log: string, program: string): Map<number, string> {
  const start = log.indexOf(`prog '${program}': -- BEGIN PROG LOAD LOG --`);
  const part = log.slice(start, log.indexOf('-- END PROG LOAD LOG --', start));
  return new Map(
    [...part.matchAll(/^ +(\d+): [.0-9]{10} (\([0-9a-f]{2}\) .*)$/gm)].map((found) => [
      Number(found[1]),
      found[2] ?? '',
    ]),
  );
}

describe.each(OBJECTS)('%s against libbpf and the kernel', (name) => {
  const answer = answers.get(name) ?? '';
  const why = typeof answer === 'string' ? answer : kernelBtf === undefined ? '(skipped: no kernel BTF)' : '';
  const referee = typeof answer === 'string' ? { log: '', maps: [] } : answer;

  it.skipIf(why !== '')(`patches CO-RE records as libbpf does ${why}`, () => {
    const programs = new Map(parse(name).programs.map((program) => [program.name, relocated(program)]));
    const expected: unknown[] = [];
    const actual: unknown[] = [];
    for (const [, program = '', insn, kind = '', value] of referee.log.matchAll(PATCHED)) {
      expected.push([program, insn, Number(value)]);
      actual.push([program, insn, patchedValue(programs.get(program) ?? [], Number(insn), kind)]);
    }
    expect(actual).toEqual(expected);
    if (name === 'core') expect(expected.length).toBeGreaterThan(40);
  });

  it.skipIf(why !== '')(`makes the maps that libbpf makes ${why}`, () => {
    const mine = new Map(parse(name).maps.map((map) => [map.name.slice(0, 15), map]));
    for (const map of referee.maps) {
      const spec = mine.get(String(map['name']));
      expect({ ...map, flags: map['flags'] ?? 0 }).toMatchObject({
        type: spec?.type,
        flags: spec?.flags,
        bytes_key: spec?.keySize,
        bytes_value: spec?.valueSize,
        max_entries: spec?.maxEntries,
      });
    }
  });

  it.skipIf(why !== '')(`gives the kernel the instructions that libbpf gives it ${why}`, () => {
    for (const program of parse(name).programs) {
      const insns = relocated(program);
      const given = givenInsns(referee.log, program.name);
      expect(given.size).toBeGreaterThan(0);
      for (const [at, text] of given)
        expect(`${at}: ${comparable(written(insns, at))}`).toBe(`${at}: ${comparable(text)}`);
      const slots = insns.filter((_, at) => insns[at - 1]?.opcode !== OPCODE_LD_IMM64).length;
      expect(given.size).toBe(slots);
    }
  });
});
