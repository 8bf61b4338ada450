import type { Run } from '../context.js';
import { mapJson, mapPlain } from '../map-info.js';
import { pinnedPaths, takeMaps } from '../select.js';

export const run: Run = ({ words, out, showPins, withKernel }) =>
  withKernel('read', async ({ kernel }) => {
    const isOne = words.left > 0;
    const maps = isOne ? await takeMaps(words, kernel) : await kernel.maps();
    words.end();
    const pins = showPins ? await pinnedPaths(kernel, 'map') : new Map<number, string[]>();
    const infos = await Promise.all(maps.map((map) => map.info()));
    if (out.json) {
      const list = infos.map((info) => mapJson(info, pins.get(info.id)));
      out.answer(isOne && list.length === 1 ? list[0]! : list);
    } else for (const info of infos) out.write(mapPlain(info, pins.get(info.id)));
    return undefined;
  });
