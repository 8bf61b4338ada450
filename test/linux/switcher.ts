// Attaches and detaches, or keeps a link and replaces its program, as fast as it can, until it is killed:
// `node switcher.mjs { attach | replace } PLACE CGROUP`.
import { LinuxKernel } from '../../src/linux/index.js';
import { places } from './places.js';

const [what, name, cgroup = ''] = process.argv.slice(2);
const place = places(cgroup).find((one) => one.name === name);
if (place === undefined) throw new Error(`no place ${name}`);
const kernel = LinuxKernel.open();
const first = await kernel.loadProgram(place.program('skep_first'));
const second = await kernel.loadProgram(place.program('skep_second'));
const { target } = await place.make(kernel);
if (what === 'attach') {
  process.stdout.write(`${first.id} ${second.id}\n`);
  for (;;) {
    const link = await kernel.attach(first, target);
    await kernel.keep(link);
    await link.detach();
  }
}
const link = await kernel.attach(first, target);
await kernel.keep(link);
process.stdout.write(`${first.id} ${second.id}\n`);
for (;;) for (const program of [second, first]) await link.update(program);
