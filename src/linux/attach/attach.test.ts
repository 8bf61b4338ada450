import { createSocket } from 'node:dgram';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asmProgram } from '../../../test/support/asm-program.js';
import { enterPrivateNamespaces } from '../../../test/support/linux-namespaces.js';
import { enterCgroup, FRAME, sendFrame } from '../../../test/support/linux-traffic.js';
import type { AttachTarget, BpfMap, Link, LoadableProgram } from '../../kernel/kernel.js';
import { bpfAvailability } from '../bpf.js';
import { LinuxKernel } from '../kernel.js';
import { flowDissectors, tcPrograms } from '../net-programs.js';
import { hasSymbol } from '../probe/kallsyms.js';
import { interfaceIndex } from '../sys/devices.js';
import { libc } from '../sys/libc.js';
import { probeSource } from '../sys/probe-source.js';

const { available, reason } = bpfAvailability();
if (available) enterPrivateNamespaces();

const GETPPID = 110;
const getppid = () => void libc().syscall(GETPPID, 0, null, 0);
const KEY = new Uint8Array(4);

/** Counts in slot 0 of map 0, then returns; with `own`, only for this process. */
function counting(returns: number, own = false): string {
  return `
    ${own ? `call bpf_get_current_pid_tgid\n r0 >>= 32\n if r0 != ${process.pid} goto done` : ''}
    *(u32 *)(r10 - 4) = 0
    r2 = r10
    r2 += -4
    r1 = m0 ll
    call bpf_map_lookup_elem
    if r0 == 0 goto done
    r1 = 1
    lock *(u64 *)(r0 + 0) += r1
  done:
    r0 = ${returns}
    exit`;
}

describe.skipIf(!available)(`on Linux ${reason}`, () => {
  let kernel: LinuxKernel;
  let counts: BpfMap;
  const links: Link[] = [];
  beforeEach(async () => {
    kernel = LinuxKernel.open();
    const spec = { name: 'skep_counts', type: 'array', keySize: 4, valueSize: 8, maxEntries: 1 } as const;
    counts = await kernel.createMap({ ...spec, flags: 0, pinning: 'none' });
  });
  afterEach(async () => {
    for (const link of links.splice(0)) await link.detach();
    await kernel.close();
  });

  const count = async () => Number(new DataView((await counts.lookup(KEY))!.buffer).getBigUint64(0, true));

  /** Loads a counting program, attaches it, and gives the link. */
  async function attach(
    program: Partial<LoadableProgram> & { type: string },
    target: AttachTarget,
    text = counting(0, true),
  ): Promise<Link> {
    const loaded = await kernel.loadProgram({ ...asmProgram(program.type, text, [counts]), ...program });
    const link = await kernel.attach(loaded, target);
    links.push(link);
    return link;
  }

  /** Waits until something was counted: packets and events take their time. */
  async function counted(atLeast = 1): Promise<number> {
    for (let left = 200; left > 0 && (await count()) < atLeast; left--)
      await new Promise((resolve) => setTimeout(resolve, 10));
    return count();
  }

  describe('a device', () => {
    test.each([
      [{ kind: 'xdp', iface: 'eth0' }, 'xdp', 2],
      [{ kind: 'xdp', iface: 'eth0', mode: 'generic' }, 'xdp', 2],
      [{ kind: 'tcx', iface: 'eth0', direction: 'ingress' }, 'sched_cls', -1],
      [{ kind: 'tc', iface: 'eth0', direction: 'ingress' }, 'sched_cls', 0],
    ] as const)('runs a program for each frame: %o', async (target, type, returns) => {
      const link = await attach({ type }, target, counting(returns));
      expect((await link.info()).target).toMatchObject({ kind: target.kind, iface: 'eth0' });
      sendFrame('eth1', FRAME);
      expect(await counted()).toBeGreaterThan(0);
      await links.pop()?.detach();
      const after = await count();
      sendFrame('eth1', FRAME);
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await count()).toBe(after);
    });

    test('has the program of its link replaced in one step', async () => {
      const link = await attach({ type: 'xdp' }, { kind: 'xdp', iface: 'eth0' }, 'r0 = 2\nexit');
      const before = (await link.info()).programId;
      const other = await attach({ type: 'xdp' }, { kind: 'xdp', iface: 'eth0', replace: true }, counting(2));
      expect((await other.info()).programId).not.toBe(before);
      expect(other.id).toBe(link.id);
      links.pop();
      sendFrame('eth1', FRAME);
      expect(await counted()).toBeGreaterThan(0);
    });

    test.each([
      [{ kind: 'tcx', iface: 'eth0', direction: 'ingress' }, { type: 'sched_cls' }],
      [
        { kind: 'netns', attachType: 'sk_lookup' },
        { type: 'sk_lookup', attachType: 'sk_lookup' },
      ],
      [
        { kind: 'netns', attachType: 'flow_dissector' },
        { type: 'flow_dissector', attachType: 'flow_dissector' },
      ],
    ] as const)('or a namespace has its program replaced: %o', async (target, program) => {
      const text = 'r0 = 0\nexit';
      const link = await attach(program, target, text);
      const other = await kernel.loadProgram({ ...asmProgram(program.type, text, []), ...program });
      await link.update(other);
      expect((await link.info()).programId).toBe(other.id);
    });

    test('that runs a program says which', async () => {
      const { id } = await attach({ type: 'xdp' }, { kind: 'xdp', iface: 'eth0' }, 'r0 = 2\nexit');
      await expect(attach({ type: 'xdp' }, { kind: 'xdp', iface: 'eth0' }, 'r0 = 2\nexit')).rejects.toThrow(
        new RegExp(`xdp dev eth0 already runs program \\d+ \\(link ${id}\\)`),
      );
    });
  });

  describe('a process', () => {
    test.each([
      [{ type: 'raw_tracepoint' }, { kind: 'raw_tracepoint', name: 'sys_enter' }],
      [
        { type: 'tracing', attachType: 'trace_raw_tp', attachTo: 'sys_enter' },
        { kind: 'tracing', attachType: 'trace_raw_tp', function: 'sys_enter' },
      ],
      [{ type: 'tracepoint' }, { kind: 'tracepoint', category: 'syscalls', name: 'sys_enter_getppid' }],
      [{ type: 'tracepoint' }, { kind: 'tracepoint', name: 'sys_enter_getppid' }],
    ] as const)('is seen at its system calls: %o', async (program, target) => {
      await attach(program, target);
      const before = await count();
      getppid();
      expect(await count()).toBeGreaterThan(before);
    });

    test('is seen when it calls a function of a library', async () => {
      const place = {
        kind: 'uprobe',
        file: 'libc.so.6',
        function: 'if_nametoindex',
        pid: process.pid,
      } as const;
      await attach({ type: 'kprobe' }, place, counting(0));
      await attach({ type: 'kprobe' }, { ...place, returns: true }, counting(0));
      interfaceIndex('lo');
      expect(await count()).toBe(2);
    });

    test('is told which functions of a library are near one that there is not', async () => {
      const place = { kind: 'uprobe', file: 'libc.so.6', function: 'if_name_to_index' } as const;
      await expect(attach({ type: 'kprobe' }, place)).rejects.toMatchObject({
        errno: 'ENOENT',
        facts: { near: expect.arrayContaining(['if_nameindex']) },
      });
    });

    test('is sampled by a clock', async () => {
      const clock = { kind: 'perf_event', event: 'cpu_clock', frequency: 1000, pid: process.pid } as const;
      await attach({ type: 'perf_event' }, clock, counting(0));
      for (const end = Date.now() + 60; Date.now() < end; );
      expect(await count()).toBeGreaterThan(2);
    });
  });

  describe('a cgroup', () => {
    let group: ReturnType<typeof enterCgroup>;
    beforeAll(() => {
      group = enterCgroup();
    });
    afterAll(() => group.leave());
    const at = (attachType: string) => ({ kind: 'cgroup', attachType, path: group.path }) as const;

    test('runs a program for each datagram', async () => {
      const link = await attach(
        { type: 'cgroup_sock_addr', attachType: 'cgroup_udp4_sendmsg' },
        at('cgroup_udp4_sendmsg'),
        counting(1),
      );
      expect((await link.info()).target).toEqual(at('cgroup_udp4_sendmsg'));
      const first = { type: 'cgroup_sock_addr', attachType: 'cgroup_udp4_sendmsg' } as const;
      await link.update(
        await kernel.loadProgram({ ...asmProgram(first.type, counting(1), [counts]), ...first }),
      );
      await datagram();
      expect(await count()).toBe(1);
    });

    test('runs a program for each connection, which may refuse it', async () => {
      const server = await listen();
      const connect4 = { type: 'cgroup_sock_addr', attachType: 'cgroup_inet4_connect' } as const;
      await attach(connect4, at('connect4'), counting(1));
      (await opened(server.port)).destroy();
      expect(await count()).toBe(1);
      await attach(connect4, at('connect4'), 'r0 = 0\nexit');
      await expect(opened(server.port)).rejects.toMatchObject({ code: 'EPERM' });
      server.close();
    });

    test('tells a program of what happens to sockets', async () => {
      const server = await listen();
      await attach({ type: 'sock_ops', attachType: 'cgroup_sock_ops' }, at('sock_ops'), counting(1));
      (await opened(server.port)).destroy();
      expect(await counted()).toBeGreaterThan(1);
      server.close();
    });
  });

  test('a sockmap runs a program for what its sockets send', async () => {
    const server = await listen();
    const socket = await opened(server.port);
    const map = await kernel.createMap({
      name: 'skep_sockets',
      type: 'sockmap',
      keySize: 4,
      valueSize: 4,
      maxEntries: 1,
      flags: 0,
      pinning: 'none',
    });
    const link = await attach(
      { type: 'sk_msg', attachType: 'sk_msg_verdict' },
      { kind: 'sockmap', attachType: 'sk_msg_verdict', map: map.id },
      counting(1),
    );
    expect((await link.info()).target).toMatchObject({ kind: 'sockmap', map: map.id });
    // Sockets take the programs that a map has when they are put in.
    const { fd } = (socket as unknown as { _handle: { fd: number } })._handle;
    await map.update(KEY, new Uint8Array(new Int32Array([fd]).buffer));
    socket.write('hello');
    expect(await counted()).toBe(1);
    socket.destroy();
    server.close();
  });

  test('netfilter runs a program for packets to this machine', async () => {
    const target = { kind: 'netfilter', family: 'ipv4', hook: 'input', priority: -300 } as const;
    const link = await attach({ type: 'netfilter', attachType: 'netfilter' }, target, counting(1));
    expect((await link.info()).target).toEqual(target);
    await datagram();
    expect(await counted()).toBeGreaterThan(0);
  });

  test('a network namespace asks a program where connections go', async () => {
    const target = { kind: 'netns', attachType: 'sk_lookup' } as const;
    const link = await attach({ type: 'sk_lookup', attachType: 'sk_lookup' }, target, counting(1));
    expect((await link.info()).facts).toMatchObject({ netns_ino: expect.any(Number) });
    await expect(opened(1)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await count()).toBe(1);
  });

  test('a network namespace has packets dissected by a program', async () => {
    const dissector = { type: 'flow_dissector', attachType: 'flow_dissector' } as const;
    const link = await attach(dissector, { kind: 'netns', attachType: 'flow_dissector' }, 'r0 = 0\nexit');
    expect(flowDissectors()).toEqual([(await link.info()).programId]);
    await links.pop()?.detach();
    expect(flowDissectors()).toEqual([]);
  });

  test('programs of tc are listed with and without links', async () => {
    const link = await attach(
      { type: 'sched_cls' },
      { kind: 'tcx', iface: 'eth1', direction: 'egress' },
      'r0 = -1\nexit',
    );
    const filter = await attach(
      { type: 'sched_cls' },
      { kind: 'tc', iface: 'eth1', direction: 'ingress' },
      'r0 = 0\nexit',
    );
    const [{ programId: first }, { programId: second }] = await Promise.all([link.info(), filter.info()]);
    const about = { iface: 'eth1', ifindex: interfaceIndex('eth1') };
    expect(tcPrograms()).toEqual([
      { ...about, place: 'tcx/egress', name: undefined, programId: first, linkId: link.id },
      { ...about, place: 'clsact/ingress', name: `skep_${second}`, programId: second, linkId: 0 },
    ]);
    await expect(filter.update(await kernel.programById(first))).rejects.toThrow(
      'tc_ingress dev eth1 is no link: its program cannot be replaced in one step',
    );
  });

  test('a link that keeps its program says so', async () => {
    const link = await attach({ type: 'raw_tracepoint' }, { kind: 'raw_tracepoint', name: 'sys_enter' });
    await expect(link.update(await kernel.programById((await link.info()).programId))).rejects.toMatchObject({
      errno: 'EINVAL',
      message: 'a link at raw_tracepoint/sys_enter keeps its program',
    });
  });

  test('netkit is refused by name where the device is none', async () => {
    await expect(
      attach({ type: 'sched_cls' }, { kind: 'netkit', iface: 'eth0', side: 'primary' }, 'r0 = 0\nexit'),
    ).rejects.toMatchObject({
      hint: 'eth0 is no netkit device, or the kernel has none (CONFIG_NETKIT, Linux 6.7)',
    });
  });

  test('a packet socket runs a filter', async () => {
    await attach({ type: 'socket_filter' }, { kind: 'socket', iface: 'lo' }, counting(0));
    await datagram();
    expect(await counted()).toBeGreaterThan(0);
  });

  test('a tracepoint that there is not is answered with the function of that name and what is near', async () => {
    const failed = attach({ type: 'tracepoint' }, { kind: 'tracepoint', name: 'tcp_v4_connect' });
    await expect(failed).rejects.toMatchObject({
      errno: 'ENOENT',
      message: 'Linux has no tracepoint/tcp_v4_connect',
      hint: expect.stringMatching(
        /^tcp_v4_connect is a function of the kernel: reach it with SEC\("fentry\/tcp_v4_connect"\).*; tracepoints near it are .*sys_enter_connect/,
      ),
    });
  });

  test.skipIf(!available || probeSource('kprobe') !== undefined || !hasSymbol('tcp_v4_connect'))(
    'a kprobe is refused by name where the kernel has none (this kernel has kprobes)',
    async () => {
      await expect(
        attach({ type: 'kprobe' }, { kind: 'kprobe', function: 'tcp_v4_connect' }),
      ).rejects.toMatchObject({ errno: 'EOPNOTSUPP', message: 'this kernel has no kprobes' });
    },
  );

  test('a target that takes no programs of a type says which it takes', async () => {
    await expect(
      attach({ type: 'xdp' }, { kind: 'netns', attachType: 'sk_lookup' }, 'r0 = 2\nexit'),
    ).rejects.toMatchObject({ errno: 'EINVAL', hint: 'load it as type sk_lookup or flow_dissector' });
  });
});

/** One to the loopback address, to nobody. */
function datagram(): Promise<void> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.send('x', 9, '127.0.0.1', (error) => {
      socket.close();
      if (error === null) resolve();
      else reject(error);
    });
  });
}

async function listen(): Promise<{ readonly port: number; close(): void }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}
