import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { Engine } from '../../src/engine/engine.js';
import type { AttachTarget, Kernel, Link, NetfilterHook } from '../../src/kernel/kernel.js';
import { load } from '../../src/kernel/load.js';
import { bpfAvailability } from '../../src/linux/bpf.js';
import { LinuxKernel } from '../../src/linux/index.js';
import type { ObjectSpec } from '../../src/object/spec.js';
import { enterPrivateNamespaces, mountTracefs } from '../support/linux-namespaces.js';
import { LinuxSocket } from '../support/linux-sockets.js';
import { enterCgroup } from '../support/linux-traffic.js';
import { variables, worldObject } from '../support/world-object.js';

/** The same traffic in the engine's world and in Linux, under the same programs: who runs when, and what each sees. */
const PORT = 20443;
const { available, reason: refusal } = bpfAvailability();
const reason =
  available && spawnSync('unshare', ['-mn', 'true']).status === 0 ? '' : refusal || 'no namespaces';

/** What both kinds of sockets can do. */
interface Socket {
  bind(ip: string, port: number): Socket;
  listen(backlog?: number): Socket;
  connect(ip: string, port: number): Socket;
  accept(): Socket;
  send(text: string): Socket;
  sendTo(to: string, text: string): Socket;
  receive(): Uint8Array;
  shutdown(): Socket;
  close(): void;
}
type MakeSocket = (type: 'stream' | 'dgram') => Socket;

const HERE = '127.0.0.1';
const SCENARIOS: Readonly<Record<string, (socket: MakeSocket) => void>> = {
  'a connection, one message each way, closed by the client first': (socket) => {
    const server = socket('stream').bind(HERE, PORT).listen(4);
    const client = socket('stream').connect(HERE, PORT);
    const accepted = server.accept();
    client.send('GET /');
    accepted.receive();
    accepted.send('200 OK');
    client.receive();
    client.close();
    accepted.receive();
    accepted.close();
    server.close();
  },
  'a connection that nobody takes': (socket) => {
    const client = socket('stream');
    try {
      client.connect(HERE, PORT);
    } catch {
      // It is refused.
    }
    client.close();
  },
  'datagrams, with an address and connected': (socket) => {
    const server = socket('dgram').bind(HERE, PORT);
    const client = socket('dgram').sendTo(`${HERE}:${PORT}`, 'one');
    server.receive();
    client.connect(HERE, PORT).send('three');
    server.receive();
    client.close();
    server.close();
  },
};

const cgroup = (attachType: string) => (path: string) => ({ kind: 'cgroup', path, attachType }) as const;
const tcx = (direction: 'ingress' | 'egress') => () => ({ kind: 'tcx', iface: 'lo', direction }) as const;

const netfilter = (hook: NetfilterHook) => () =>
  ({ kind: 'netfilter', family: 'ipv4', hook, priority: 10 }) as const;

const TARGETS: Readonly<Record<string, (cgroup: string) => AttachTarget>> = {
  on_xdp: () => ({ kind: 'xdp', iface: 'lo', mode: 'generic' }),
  on_ingress: tcx('ingress'),
  on_egress: tcx('egress'),
  skb_ingress: cgroup('cgroup_inet_ingress'),
  skb_egress: cgroup('cgroup_inet_egress'),
  sock_create: cgroup('cgroup_inet_sock_create'),
  sock_release: cgroup('cgroup_inet_sock_release'),
  bind4: cgroup('cgroup_inet4_bind'),
  post_bind4: cgroup('cgroup_inet4_post_bind'),
  connect4: cgroup('cgroup_inet4_connect'),
  sendmsg4: cgroup('cgroup_udp4_sendmsg'),
  recvmsg4: cgroup('cgroup_udp4_recvmsg'),
  sock_ops: cgroup('cgroup_sock_ops'),
  lookup: () => ({ kind: 'netns', attachType: 'sk_lookup' }),
  on_netfilter: netfilter('prerouting'),
  on_netfilter_in: netfilter('input'),
  on_netfilter_out: netfilter('output'),
  on_netfilter_last: netfilter('postrouting'),
  set_state: () => ({ kind: 'tracepoint', category: 'sock', name: 'inet_sock_set_state' }),
  set_state_btf: () => ({ kind: 'tracing', attachType: 'trace_raw_tp', function: 'inet_sock_set_state' }),
  sys_enter: () => ({ kind: 'tracepoint', category: 'raw_syscalls', name: 'sys_enter' }),
  sys_exit: () => ({ kind: 'tracepoint', category: 'raw_syscalls', name: 'sys_exit' }),
};

let spec: ObjectSpec | undefined;
const NAMES =
  'XDP TC_INGRESS TC_EGRESS SKB_INGRESS SKB_EGRESS SOCK_CREATE SOCK_RELEASE BIND4 POST_BIND4 CONNECT4 SENDMSG4 RECVMSG4 GETPEERNAME4 GETSOCKNAME4 SOCKOPT_GET SOCKOPT_SET SOCK_OPS SET_STATE SK_LOOKUP NF SYS_ENTER SYS_EXIT TP_BTF_STATE FILTER'.split(
    ' ',
  );

interface Recorded {
  readonly count: number;
  readonly events: readonly Event[];
}

interface Event {
  readonly what: number;
  readonly first: number;
  readonly second: number;
}

async function recorded(
  kernel: Kernel,
  path: string,
  pid: number,
  scenario: () => void,
): Promise<readonly string[]> {
  spec ??= await worldObject('order.bpf.c');
  const object = await load(spec, kernel, { programs: Object.keys(TARGETS) });
  const links: Link[] = [];
  try {
    for (const [name, target] of Object.entries(TARGETS))
      links.push(await kernel.attach(object.program(name), target(path)));
    await variables(object, { server_port: PORT, watched_pid: pid });
    scenario();
    const { events, count } = (await variables(object)) as unknown as Recorded;
    return events.slice(0, count).map(({ what, first, second }) => `${NAMES[what - 1]} ${first} ${second}`);
  } finally {
    for (const link of links) await link.detach();
    await object.close();
  }
}

async function simulated(name: string, engine: 'jit' | 'interpreter'): Promise<readonly string[]> {
  const kernel = await Engine.create({ engine });
  // Linux delays acknowledgements of answers that come at once, which a slow test would not.
  kernel.memory.pinClock(1_000_000_000n);
  const task = kernel.world.task('node', { cgroup: '/test', pid: 77 });
  try {
    const make: MakeSocket = (type) => task.socket({ family: 'inet', type }) as Socket;
    return await recorded(kernel, '/test', 77, () => SCENARIOS[name]?.(make));
  } finally {
    await kernel.close();
  }
}

async function real(name: string): Promise<readonly string[]> {
  const kernel = LinuxKernel.open();
  const { path, leave } = enterCgroup();
  try {
    return await recorded(kernel, path, process.pid, () =>
      SCENARIOS[name]?.((type) => LinuxSocket.make(type)),
    );
  } finally {
    await kernel.close();
    leave();
  }
}

let entered = false;
function enter(): void {
  if (!entered) {
    enterPrivateNamespaces();
    mountTracefs();
  }
  entered = true;
}

test.skipIf(reason !== '').each(Object.keys(SCENARIOS))(
  `programs run in Linux's order: %s ${reason}`,
  { timeout: 180_000 },
  async (name) => {
    enter();
    const linux = await real(name);
    expect(linux.length).toBeGreaterThan(10);
    expect(await simulated(name, 'jit')).toEqual(linux);
    expect(await simulated(name, 'interpreter')).toEqual(linux);
  },
);
