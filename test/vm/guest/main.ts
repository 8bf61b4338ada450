// Runs inside the virtual machine: each case says on the console how it went.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import type { LoadedObject } from '../../../src/kernel/load.js';
import { load } from '../../../src/kernel/load.js';
import { LinuxKernel } from '../../../src/linux/index.js';
import { parseObject } from '../../../src/object/index.js';
import { asmProgram } from '../../support/asm-program.js';

const LOOPBACK = 0x0100007f;
const FRAME = new Uint8Array(64);
/** The only key of a map of global data, which has no type. */
const SLOT = new Uint8Array(4);

function assert(what: string, found: unknown, wanted: unknown): void {
  const [a, b] = [found, wanted].map((value) =>
    JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? Number(inner) : inner)),
  );
  if (a !== b) throw new Error(`${what}: ${a} instead of ${b}`);
}

const object = (name: string) => parseObject(new Uint8Array(readFileSync(`programs/${name}.o`)));

/** Loads programs of the tracing object, attaches them where their sections say, and gives the object. */
async function traced(kernel: LinuxKernel, ...programs: readonly string[]): Promise<LoadedObject> {
  const loaded = await load(object('tracing'), kernel, { programs });
  for (const name of programs) await loaded.attach(name);
  return loaded;
}

async function global(loaded: LoadedObject, section: string, name: string): Promise<number> {
  const values = (await loaded.map<Uint8Array>(section).get(SLOT)) as Record<string, bigint> | undefined;
  return Number(values?.[name] ?? -1);
}

let server: Server;
let port = 0;

function connected(): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve('connected');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
}

const CASES: Readonly<Record<string, (kernel: LinuxKernel) => Promise<void>>> = {
  async 'a kprobe counts SYNs per source'(kernel) {
    const loaded = await traced(kernel, 'syn_by_kprobe');
    for (let i = 0; i < 3; i++) await connected();
    assert('the count of 127.0.0.1', await loaded.map('syns').get(LOOPBACK), 3);
  },
  async 'fentry counts SYNs per source'(kernel) {
    const loaded = await traced(kernel, 'syn_by_fentry');
    for (let i = 0; i < 3; i++) await connected();
    assert('the count of 127.0.0.1', await loaded.map('syns').get(LOOPBACK), 3);
  },
  async 'fexit sees the result, kretprobe the return'(kernel) {
    const loaded = await traced(kernel, 'connect_done', 'connect_returns');
    await connected();
    assert('fexit', await global(loaded, '.bss', 'fexits'), 1);
    assert('kretprobe', await global(loaded, '.bss', 'returned'), 1);
  },
  async 'kprobe.multi is refused by name, as this kernel was built without fprobe'(kernel) {
    const failed = await traced(kernel, 'connect_multi')
      .then(() => 'attached')
      .catch((error: { errno?: string; message: string }) => `${error.errno} ${error.message}`);
    assert('the answer', failed, 'EOPNOTSUPP this kernel has no kprobe.multi');
  },
  async 'an LSM program refuses a connection'(kernel) {
    const loaded = await load(object('tracing'), kernel, { programs: ['no_connect'] });
    const bss = loaded.map<Uint8Array, Record<string, unknown>>('.bss');
    const swapped = ((port & 255) << 8) | (port >> 8);
    await bss.set(SLOT, { ...(await bss.get(SLOT)), forbidden: swapped });
    const link = await loaded.attach('no_connect');
    assert('while attached', await connected(), 'EPERM');
    await link.detach();
    assert('after that', await connected(), 'connected');
  },
  async 'freplace takes the place of a function, and gives it back'(kernel) {
    const base = await load(object('replace'), kernel, { programs: ['base'] });
    const program = base.program('base');
    assert('before', (await program.run({ data: FRAME })).returnValue, 1);
    const other = await load(object('replace'), kernel, {
      programs: ['other_verdict'],
      targetProgram: program,
    });
    const link = await other.attach('other_verdict');
    assert('while attached', (await program.run({ data: FRAME })).returnValue, 2);
    await link.detach();
    assert('after that', (await program.run({ data: FRAME })).returnValue, 1);
  },
  async 'a function that there is not is answered with those that are near'(kernel) {
    const loaded = await load(object('tracing'), kernel, { programs: ['syn_by_kprobe'] });
    const failed = await loaded
      .attach('syn_by_kprobe', { kind: 'kprobe', function: 'tcp_v4_conect' })
      .then(() => 'attached')
      .catch((error: { errno?: string; hint?: string }) => `${error.errno} ${error.hint?.slice(0, 8)}`);
    assert('the answer', failed, 'ENOENT near are');
  },
  async 'commands attach, show and detach a kprobe'(kernel) {
    const skep = (...words: readonly string[]) =>
      execFileSync('/bin/node', ['bin/skep', '--kernel', 'linux', ...words], { encoding: 'utf8' });
    skep('prog', 'load', 'programs/tracing.o', '/sys/fs/bpf/tracer');
    skep('prog', 'attach', 'pinned', '/sys/fs/bpf/tracer', 'kprobe/tcp_connect');
    const [link] = JSON.parse(skep('-j', 'link', 'show')) as { id: number; type: string }[];
    assert('the type', link?.type, 'perf_event');
    skep('link', 'detach', 'id', String(link?.id));
    assert('links that are left', await kernel.links(), []);
  },
  async 'an older kernel is asked for a tc filter in place of tcx, and says which modules that takes'(
    kernel,
  ) {
    const program = await kernel.loadProgram(asmProgram('sched_cls', 'r0 = 0\nexit', []));
    const failed = await kernel
      .attach(program, { kind: 'tcx', iface: 'lo', direction: 'ingress' })
      .then(() => 'attached')
      .catch((error: { errno?: string; hint?: string }) => `${error.errno} ${error.hint}`);
    assert('the answer', failed, 'ENOENT the kernel lacks its modules: modprobe -a sch_ingress cls_bpf');
  },
};

function say(result: object): void {
  // The console may be in the middle of a line of the kernel's.
  process.stdout.write(`\nVM ${JSON.stringify({ ...result, seconds: Math.round(process.uptime()) })}\n`);
}

server = createServer((socket) => socket.on('error', () => {}));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
port = (server.address() as { port: number }).port;
for (const [name, run] of Object.entries(CASES)) {
  const kernel = LinuxKernel.open();
  try {
    await run(kernel);
    say({ name });
  } catch (error) {
    say({ name, error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) });
  } finally {
    await kernel.close();
  }
}
server.close();
