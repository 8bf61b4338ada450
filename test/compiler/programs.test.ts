import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FrontEnd, FrontRequest } from '../../src/compiler/front/front.js';
import { bundledClang } from '../../src/compiler/front/node/bundled.js';
import { compileFile } from '../../src/compiler/node/index.js';
import { Engine, load, parseObject, type RunResult } from '../../src/index.js';
import { installed } from './llvm.js';

const FOLDER = 'test/cases/compiler';
const programs = readdirSync(FOLDER).filter((name) => name.endsWith('.bpf.c'));
const hasClang = installed('clang-19');
const kernel = whyNoKernel();
const folder = mkdtempSync(join(tmpdir(), 'skep-compiler-'));
const front = bundledClang();
const ratios: number[] = [];

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await front.close();
});

/** Loads nothing, and says whether this machine could load. */
function whyNoKernel(): string {
  if (!installed('bpftool')) return 'bpftool is not installed';
  const { status, stderr } = spawnSync(
    'unshare',
    [
      '-m',
      'sh',
      '-c',
      'mount -t bpf bpf /sys/fs/bpf && bpftool map create /sys/fs/bpf/m type array key 4 value 4 entries 1 name skep',
    ],
    { encoding: 'utf8' },
  );
  return status === 0 ? '' : `the kernel lets no one load: ${stderr.trim().split('\n').at(-1)}`;
}

describe.each(programs)('%s', (program) => {
  let ours: Uint8Array;
  const requests: FrontRequest[] = [];
  const watching: FrontEnd = {
    ...front,
    compile: (request) => {
      requests.push(request);
      return front.compile(request);
    },
  };

  beforeAll(async () => {
    const { object, text } = await compileFile(join(FOLDER, program), { front: watching });
    expect(text).toBe('');
    ours = object as Uint8Array;
  }, 60_000);

  test.skipIf(kernel !== '')(`loads into Linux${kernel && `: ${kernel}`}`, { timeout: 60_000 }, () => {
    const file = join(folder, `${program}.o`);
    writeFileSync(file, ours);
    const script = `mount -t bpf bpf /sys/fs/bpf && bpftool prog loadall ${file} /sys/fs/bpf/p 2>&1 && ls /sys/fs/bpf/p`;
    const { status, stdout } = spawnSync('unshare', ['-m', 'sh', '-c', script], { encoding: 'utf8' });
    expect(status, stdout).toBe(0);
    const names = parseObject(ours).programs.map(({ name }) => name);
    expect(stdout.trim().split('\n')).toEqual([...names].sort());
  });

  test.skipIf(!hasClang)(
    `does what clang’s code does${hasClang ? '' : ': clang-19 is not installed'}`,
    { timeout: 60_000 },
    async () => {
      const [request] = requests;
      const theirs = clangObject(request as FrontRequest);
      const [a, b] = [parseObject(ours), parseObject(theirs)];
      expect(
        a.maps
          .map(({ name, type, keySize, valueSize, maxEntries }) => [
            name,
            type,
            keySize,
            valueSize,
            maxEntries,
          ])
          .sort(),
      ).toEqual(
        b.maps
          .map(({ name, type, keySize, valueSize, maxEntries }) => [
            name,
            type,
            keySize,
            valueSize,
            maxEntries,
          ])
          .sort(),
      );
      for (const { name, section, insns } of a.programs) {
        const other = b.programs.find((each) => each.name === name);
        expect(other?.section).toBe(section);
        ratios.push(insns.length / (other?.insns.length ?? 1));
        if (!/^(xdp|tc)$/.test(section)) continue;
        for (const length of [14, 20, 34, 54, 60, 61, 64, 100]) {
          const data = Uint8Array.from({ length }, (_, at) => PACKET[at] ?? (at * 37) & 255);
          const [found, expected] = [await outcome(a, name, data), await outcome(b, name, data)];
          // A program with a tail call or a lock that the engine has not yet is judged by Linux alone.
          expect(found, `${name} on ${length} bytes`).toEqual(expected);
        }
      }
    },
  );
});

/** Ethernet, IPv4, TCP with SYN to port 80. */
const PACKET = Uint8Array.from(
  '02000000000102000000000208004500002800010000400600000a0000010a0000021388005000000001000000005002200000000000'.match(
    /../g,
  ) ?? [],
  (byte) => Number.parseInt(byte, 16),
);

async function outcome(spec: ReturnType<typeof parseObject>, name: string, data: Uint8Array) {
  const engine = await Engine.create();
  try {
    const loaded = await load(spec, engine);
    const result: RunResult = await loaded.program(name).run({ data });
    const again = await loaded.program(name).run({ data });
    return [result.returnValue, result.data, again.returnValue];
  } finally {
    await engine.close();
  }
}

/** clang's own object of the files that the bundled clang was handed. */
function clangObject({ source, files, includeDirs = [], systemDirs = [] }: FrontRequest): Uint8Array {
  const root = join(folder, 'files');
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  }
  const dirs = [...includeDirs, ...systemDirs]
    .filter((dir) => dir.startsWith('/skep'))
    .flatMap((dir) => ['-isystem', join(root, dir)]);
  const args = [
    '-target',
    'bpf',
    '-O2',
    '-g',
    '-mcpu=v3',
    '-fno-jump-tables',
    '-nostdinc',
    '-w',
    ...dirs,
    '-c',
    join(root, source),
    '-o',
    '-',
  ];
  return new Uint8Array(execFileSync('clang-19', args, { maxBuffer: 1 << 26 }));
}

test.skipIf(!hasClang)(`code is as short as clang’s${hasClang ? '' : ': clang-19 is not installed'}`, () => {
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  expect(mean).toBeLessThan(1.05);
  expect(Math.max(...ratios)).toBeLessThan(1.3);
});
