import { type Btf, findByName } from '../../btf/index.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Run } from '../context.js';
import { BtfFormatter } from '../format/btf-value.js';
import { formatJson, type Json } from '../format/json.js';
import { type StructOpsMap, structOpsMaps } from '../struct-ops.js';

export const run: Run = ({ words, out, withKernel }) =>
  withKernel('read', async ({ kernel }) => {
    const answers: Json[] = [];
    for (const one of await structOpsMaps(words, kernel)) {
      const value = await one.map.lookup(new Uint8Array(4));
      const type = one.info.valueType;
      const { btf } = one.info;
      if (value === undefined || btf === undefined || type === undefined) continue;
      const names = await programNames(kernel);
      const programText = (id: number): string => (id === 0 ? '0' : `${names.get(id) ?? ''}/prog_id:${id}`);
      const struct = `bpf_struct_ops_${one.struct}`;
      answers.push({ bpf_map_info: await mapInfo(one, btf, !out.json) });
      answers.push({ [struct]: new BtfFormatter(btf, !out.json, programText).value(type, value) });
    }
    if (out.json) out.answer(answers);
    else if (answers.length > 0) out.write(`${formatJson(answers, true)}\n`);
    return undefined;
  });

/** What the kernel tells of a map, all of it: bpftool prints it by the kernel's own description. */
async function mapInfo({ id, name, map }: StructOpsMap, btf: Btf, readable: boolean): Promise<Json> {
  const { LinuxMap } = await import('../../linux/index.js');
  const type = findByName(btf, 'bpf_map_info', 'struct');
  if (type === undefined || !(map instanceof LinuxMap)) return { id, name };
  return new BtfFormatter(btf, readable).value(type, map.infoBytes());
}

/** By id, with their whole names. */
async function programNames(kernel: Kernel): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  for (const program of await kernel.programs()) {
    const { type, name } = await program.info();
    if (type === 'struct_ops') names.set(program.id, (await program.xlated()).subprograms[0]?.name ?? name);
  }
  return names;
}
