import type { Run } from '../context.js';
import { formatJson, type Json } from '../format/json.js';
import { entryTable } from '../format/table.js';
import { EntryFormat } from '../map-entry.js';
import { takeMap } from '../select.js';

export const run: Run = ({ words, out, withKernel }) =>
  withKernel('read', async ({ kernel }) => {
    const map = await takeMap(words, kernel);
    words.end();
    const format = new EntryFormat(await map.info());
    const list: Json[] = [];
    let count = 0;
    for await (const [key, value] of map.entries()) {
      count++;
      if (out.json) list.push(format.json(key, value));
      else if (format.hasTypes) list.push(format.typed(key, value, true));
      else out.write(format.plain(key, value));
    }
    if (out.json) out.answer(list);
    else if (format.hasTypes && out.isTerminal && list.length > 0) out.write(entryTable(list));
    else if (format.hasTypes) out.write(`${formatJson(list, true)}\n`);
    else out.write(`Found ${count} element${count === 1 ? '' : 's'}\n`);
    return undefined;
  });
