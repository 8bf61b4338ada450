import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileObject } from '../../src/compiler/node/index.js';
import { bpfAvailability } from '../../src/linux/bpf.js';
import { cgroupRoot } from '../../src/linux/sys/cgroups.js';
import { noBpftool } from '../support/bpftool.js';
import { canUnshareMounts, ensureBuilt } from '../support/cli.js';
import { congestionSource } from '../support/congestion.js';
import { DIFFERENCES, STEPS, type Step } from './plan.js';

const bpf = bpfAvailability();
const why =
  noBpftool !== '' || (bpf.available && canUnshareMounts() && cgroupRoot() !== undefined)
    ? noBpftool
    : `(skipped: ${bpf.available ? 'needs namespaces and cgroups of version 2' : bpf.reason})`;

interface Answer {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}
interface Row {
  readonly line: string;
  readonly text: { readonly bpftool: Answer; readonly skep: Answer };
  readonly json: { readonly bpftool: Answer; readonly skep: Answer };
}

const COMPARED = STEPS.filter(({ tool }) => tool === undefined);
const CONNECT = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("cgroup/connect4") int connect(struct bpf_sock_addr *ctx) { return 1; }
char LICENSE[] SEC("license") = "GPL";
`;

describe(`bpftool and skep on the same kernel objects ${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'skep-parity-'));
  const cgroup = join(cgroupRoot() ?? '/none', `skep-parity-${process.pid}`);
  let rows: Row[] = [];
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    if (why === '') rmdirSync(cgroup);
  });
  beforeAll(async () => {
    if (why !== '') return;
    await ensureBuilt();
    mkdirSync(cgroup);
    writeFileSync(join(folder, 'connect.bpf.c'), CONNECT);
    writeFileSync(join(folder, 'connect.o'), await compileObject(join(folder, 'connect.bpf.c')));
    writeFileSync(join(folder, 'kinds.o'), await compileObject('test/skeleton/kinds.bpf.c'));
    const [cc, own] = [join(folder, 'cc.bpf.c'), `cc${process.pid}`];
    writeFileSync(cc, congestionSource(`p${own}`, { [own]: '.struct_ops' }));
    writeFileSync(join(folder, 'cc.o'), await compileObject(cc));
    writeFileSync(join(folder, 'packet'), new Uint8Array(64));
    writeFileSync(
      join(folder, 'batch'),
      '# two commands\nmap show pinned /sys/fs/bpf/b/maps/pairs\nmap dump pinned "/sys/fs/bpf/b/maps/totals"\n',
    );
    const place = (word: string) =>
      word.replace('FOLDER', folder).replace('CGROUP', cgroup).replace('PID', String(process.pid));
    const steps = STEPS.map((step) => ({ ...step, args: step.args.map(place) }));
    writeFileSync(join(folder, 'plan.json'), JSON.stringify({ steps }));
    execFileSync('unshare', ['-mn', process.execPath, 'test/bpftool/both.mjs', folder], { stdio: 'pipe' });
    rows = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Row[];
  }, 300_000);

  test.skipIf(why !== '')('at least 60 command lines are compared', () => {
    expect(rows).toHaveLength(COMPARED.length);
    expect(rows.length).toBeGreaterThanOrEqual(60);
  });

  test.skipIf(why !== '').each(COMPARED.map((step, index) => [step.args.join(' '), step, index] as const))(
    '%s',
    (_, step, index) => {
      const { text, json } = rows[index] as Row;
      // Who succeeds and who fails is the same; bpftool's exit status is 255 or 254 where skep's is 1 or 2.
      expect({ text: text.skep.ok, json: json.skep.ok }).toEqual({
        text: text.bpftool.ok,
        json: json.bpftool.ok,
      });
      const same = { json: equalJson(json, step), text: equalText(text) };
      expect({
        json: same.json || (step.json ?? told(json)),
        text: same.text || (step.text ?? told(text)),
      }).toEqual({
        json: step.json ?? true,
        text: step.text ?? true,
      });
    },
  );

  test('every difference is explained', () => {
    const document = readFileSync('docs/bpftool-parity.md', 'utf8');
    for (const difference of DIFFERENCES) expect(document).toContain(`### ${difference}\n`);
    const used = new Set(STEPS.flatMap(({ text, json }) => [text, json]));
    expect(DIFFERENCES.filter((difference) => !used.has(difference))).toEqual([]);
  });
});

function equalJson({ bpftool, skep }: Row['json'], { without = [] }: Step): boolean {
  try {
    return (
      JSON.stringify(pruned(JSON.parse(skep.stdout), without)) ===
      JSON.stringify(pruned(JSON.parse(bpftool.stdout), without))
    );
  } catch {
    return false;
  }
}

function pruned(value: unknown, without: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || without.length === 0) return value;
  if (Array.isArray(value)) return value.map((one) => pruned(one, without));
  const kept = Object.entries(value).filter(([name]) => !without.includes(name));
  return Object.fromEntries(kept.map(([name, one]) => [name, pruned(one, without)]));
}

/** Errors may come on either stream; bpftool lists the ids of maps in the order of a hash table. */
function equalText({ bpftool, skep }: Row['text']): boolean {
  const seen = ({ stdout, stderr }: Answer) =>
    (stdout + stderr).replace(/(?<=map_ids )[\d,]+/g, (ids) => ids.split(',').sort().join());
  return seen(skep) === seen(bpftool);
}

/** For the message of a failure. */
function told({ bpftool, skep }: Row['text']): string {
  const short = ({ stdout, stderr }: Answer) => `${stdout}${stderr}`.slice(0, 600);
  return `bpftool: ${short(bpftool)}\nskep: ${short(skep)}`;
}
