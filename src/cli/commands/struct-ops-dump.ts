import type { Run } from '../context.js';
import { BtfFormatter } from '../format/btf-value.js';
import { formatJson, type Json } from '../format/json.js';
import { structOpsMaps } from '../struct-ops.js';

export const run: Run = ({ words, out, withKernel }) =>
  withKernel('read', async ({ kernel }) => {
    const answers: Json[] = [];
    for (const { id, name, info, map } of await structOpsMaps(words, kernel)) {
      const value = await map.lookup(new Uint8Array(4));
      const type = info.valueType;
      const { btf } = info;
      if (value === undefined || btf === undefined || type === undefined) continue;
      const about = { bpf_map_info: { id, name } };
      answers.push({ ...about, bpf_struct_ops_data: new BtfFormatter(btf, !out.json).value(type, value) });
    }
    if (out.json) out.answer(answers);
    else out.write(answers.map((answer) => `${formatJson(answer, true)}\n`).join(''));
    return undefined;
  });
