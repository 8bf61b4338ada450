import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { measurePlace, measureRules, places } from '../gen/hook-measure.js';
import { type Btf, type BtfTypeId, findByName, readBtf, resolvedType, sizeOf } from '../src/btf/index.js';
import { HOOKS, hookByName, viewOf } from '../src/hooks/index.js';
import { POINTED_TO } from '../src/hooks/measured.js';
import { kernelRefusal, loadAs } from './support/kernel-verifier.js';

const refusal = kernelRefusal();
const suffix = refusal === undefined ? '' : ` (skipped: ${refusal})`;

const SAMPLE = [
  ['cgroup_device', undefined, 0],
  ['cgroup_sock_addr', 'cgroup_inet4_connect', 0],
  ['cgroup_sock_addr', 'cgroup_udp6_recvmsg', 1],
  ['sk_lookup', 'sk_lookup', 0],
  ['xdp', 'xdp_devmap', 0],
] as const;

describe.skipIf(refusal !== undefined)(`measured again, the tables stay as they are${suffix}`, () => {
  test.each(SAMPLE)('%s %s', (name, attachType, result) => {
    const hook = hookByName(name);
    const { type, expectedAttachType: attach } = loadAs(name, { attachType });
    const subject = { type, result, ...(attach === undefined ? {} : { attach }) };
    const access = measurePlace(subject);
    expect(access).toEqual(hook && viewOf(hook, attachType)?.access);
    expect(hook).toMatchObject(measureRules(subject, access));
  });

  test('what a socket pointer leads to', () => {
    const { sock_common } = places();
    expect(sock_common && measurePlace(sock_common)).toEqual(POINTED_TO.sock_common);
  });
});

const VMLINUX = '/sys/kernel/btf/vmlinux';
const hasBtf = existsSync(VMLINUX) && process.arch === 'x64';

test.skipIf(!hasBtf)(
  `contexts are laid out as this kernel's BTF says${hasBtf ? '' : ` (skipped: no ${VMLINUX} of x86-64)`}`,
  () => {
    const btf = readBtf(readFileSync(VMLINUX));
    // The kernel's own pt_regs splits cs and ss, which the uapi struct has as whole words.
    const structs = new Map(
      HOOKS.filter(({ name }) => name !== 'kprobe').map(({ ctx }) => [ctx.struct, ctx]),
    );
    let compared = 0;
    for (const ctx of structs.values()) {
      const layout = layoutOf(btf, ctx.struct);
      if (layout === undefined || typeof ctx.fields === 'string') continue;
      compared++;
      expect([ctx.struct, ctx.size]).toEqual([ctx.struct, layout.size]);
      for (const { name, offset, size } of ctx.fields)
        if (layout.members.has(name))
          expect([name, [offset, size]]).toEqual([name, layout.members.get(name)]);
    }
    expect(compared).toBeGreaterThanOrEqual(12);
  },
);

/** A struct's size, and the offset and size of each named member, those of anonymous unions as if they were its own. */
function layoutOf(btf: Btf, struct: string) {
  const id = findByName(btf, struct, 'struct');
  return id === undefined ? undefined : { size: sizeOf(btf, id), members: new Map(membersOf(btf, id, 0)) };
}

function membersOf(btf: Btf, id: BtfTypeId, base: number): [name: string, place: [number, number]][] {
  const type = resolvedType(btf, id);
  if (type.kind !== 'struct' && type.kind !== 'union') return [];
  return type.members.flatMap(({ name, type: member, bitOffset, bitfieldSize }) => {
    const offset = base + bitOffset / 8;
    if (name === '') return membersOf(btf, member, offset);
    return [[name, [offset, bitfieldSize === 0 ? sizeOf(btf, member) : bitfieldSize / 8]]];
  });
}
