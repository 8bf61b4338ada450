import { afterAll, describe, expect, test } from 'vitest';
import { linuxBtf } from '../../btf/linux/linux-btf.js';
import { compileSource } from '../compile.js';
import { bundledClang } from '../front/node/bundled.js';

const front = bundledClang();
afterAll(() => front.close());

/** What clang and the back end say about `main.c`; '' when it compiles. */
async function said(main: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const files: Readonly<Record<string, string>> = { ...headers, 'main.c': main };
  const read = (path: string) => {
    const text = files[path];
    return text === undefined ? undefined : new TextEncoder().encode(text);
  };
  const compiled = await compileSource('main.c', read, front, { btf: linuxBtf });
  return compiled.text;
}

describe("types of Linux's headers", () => {
  test('are there beside a vmlinux.h that has some types only', async () => {
    const part = `#ifndef __VMLINUX_H__
#define __VMLINUX_H__
#include "vmlinux_types.h"
struct ethhdr { u8 own; };
struct pt_regs { long own; };
#endif
`;
    const types = 'typedef __u8 u8;\n';
    const main = `#include <linux/types.h>
#include "vmlinux.h"
#include <linux/bpf.h>
#include <linux/bpf_perf_event.h>
int f(struct xdp_md *ctx, struct ethhdr *eth, struct pt_regs *regs) { return ctx->data + eth->own + regs->own; }
`;
    expect(await said(main, { 'vmlinux.h': part, 'vmlinux_types.h': types })).toBe('');
  });

  test('are not written again beside a whole one', async () => {
    const whole = `#ifndef __VMLINUX_H__
#define __VMLINUX_H__
typedef unsigned char __u8;
typedef unsigned int __u32;
struct xdp_md { __u32 data; };
enum { BPF_DEVCG_ACC_MKNOD = 1 };
#endif
`;
    const main = `#include "vmlinux.h"
#include <linux/bpf.h>
int f(struct xdp_md *ctx) { return ctx->data + BPF_DEVCG_ACC_MKNOD; }
`;
    expect(await said(main, { 'vmlinux.h': whole })).toBe('');
  });

  test('yield to those that the source defines itself', async () => {
    const main = `#include <linux/if_ether.h>
struct arphdr { __be16 own; };
int f(struct arphdr *arp, struct ethhdr *eth) { return arp->own + eth->h_proto; }
`;
    expect(await said(main)).toBe('');
  });
});

describe('constants', () => {
  test('that only macros of the header name are there, of each kind of vmlinux.h', async () => {
    const use = `#include <linux/bpf.h>
_Static_assert(BPF_F_ADJ_ROOM_ENCAP_L2(14) == 14ULL << 56, "a macro with parameters");
_Static_assert(BPF_DEVCG_ACC_READ == 2, "an enumeration without a name");
struct aligned { char first; __aligned_u64 second; };
_Static_assert(sizeof(struct aligned) == 16, "an aligned type");
`;
    expect(await said(use)).toBe('');
    expect(await said(`#include "vmlinux.h"\n${use}`)).toBe('');
  });

  test('of headers that are not included are not', async () => {
    expect(await said('#include <linux/types.h>\nenum { BPF_DEVCG_ACC_READ = 7 };\n')).toBe('');
  });
});

describe('kernel functions in vmlinux.h', () => {
  const use = `int f(int pid) {
	struct task_struct *task;
	if (!bpf_ksym_exists(bpf_task_from_pid)) return 1;
	task = bpf_task_from_pid(pid);
	if (!task) return 2;
	pid = task->tgid;
	bpf_task_release(task);
	return pid;
}
`;

  test('are declared when the source names them', async () => {
    expect(await said(`#include "vmlinux.h"\n#include <bpf/bpf_helpers.h>\n${use}`)).toBe('');
  });

  test('yield to what the source declares or defines itself', async () => {
    const own = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
struct task___own { int tgid; };
extern struct task___own *bpf_task_from_pid(long pid) __weak __ksym;
static void bpf_task_release(struct task___own *task)
{
}
int f(long pid) { struct task___own *task = bpf_task_from_pid(pid); bpf_task_release(task); return 0; }
`;
    expect(await said(own)).toBe('');
  });

  test('are not there when the source says so', async () => {
    const text = await said(
      `#define BPF_NO_KFUNC_PROTOTYPES\n#include "vmlinux.h"\nvoid *p = bpf_task_release;\n`,
    );
    expect(text).toContain("error: use of undeclared identifier 'bpf_task_release'");
  });
});
