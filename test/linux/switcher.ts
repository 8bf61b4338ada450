// Keeps a link on eth0 and replaces its program as fast as it can, until it is killed.
import { LinuxKernel } from '../../src/linux/index.js';
import { asmProgram } from '../support/asm-program.js';

const kernel = LinuxKernel.open();
const first = await kernel.loadProgram(asmProgram('xdp', 'r0 = 2\nexit', []));
const second = await kernel.loadProgram(asmProgram('xdp', 'r0 = 1\nexit', []));
await kernel.keep(await kernel.attach(first, { kind: 'xdp', iface: 'eth0' }));
process.stdout.write(`${first.id} ${second.id}\n`);
for (;;) {
  for (const program of [second, first])
    await kernel.attach(program, { kind: 'xdp', iface: 'eth0', replace: true });
}
