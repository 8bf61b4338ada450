import type { LinkInfo } from '../../kernel/kernel.js';
import { targetText } from '../../kernel/target.js';
import type { Run } from '../context.js';
import type { Json } from '../format/json.js';
import { pinnedPaths, takeLink } from '../select.js';

export const run: Run = ({ words, out, showPins, withKernel }) =>
  withKernel('read', async ({ kernel }) => {
    const isOne = words.left > 0;
    const links = isOne ? [await takeLink(words, kernel)] : await kernel.links();
    words.end();
    const pins = showPins ? await pinnedPaths(kernel, 'link') : new Map<number, string[]>();
    const infos = await Promise.all(links.map((link) => link.info()));
    if (out.json) {
      const list = infos.map((info) => linkJson(info, pins.get(info.id)));
      out.answer(isOne ? list[0]! : list);
    } else for (const info of infos) out.write(linkPlain(info, pins.get(info.id)));
    return undefined;
  });

function linkJson(info: LinkInfo, pinned: readonly string[] | undefined): Json {
  return { id: info.id, type: info.type, prog_id: info.programId, ...targetMembers(info), pinned };
}

function linkPlain(info: LinkInfo, pins: readonly string[] = []): string {
  const members = Object.entries(targetMembers(info)).map(([name, value]) => `${name} ${String(value)}`);
  const second = members.length === 0 ? '' : `\n\t${members.join('  ')}`;
  return `${info.id}: ${info.type}  prog ${info.programId}  ${second}${pins.map((p) => `\n\tpinned ${p}`).join('')}\n`;
}

/** What bpftool prints of the place, in its names. */
function targetMembers({ target, facts }: LinkInfo): Readonly<Record<string, string | number>> {
  if (facts !== undefined) return facts;
  switch (target.kind) {
    case 'xdp':
      return { devname: target.iface };
    case 'tcx':
      return { devname: target.iface, attach_type: `tcx_${target.direction}` };
    case 'tracepoint':
      return {
        tracepoint: target.category === undefined ? target.name : `${target.category}/${target.name}`,
      };
    case 'raw_tracepoint':
      return { tp_name: target.name };
    case 'socket':
      return target.iface === undefined ? {} : { devname: target.iface };
    default:
      return { target: targetText(target) };
  }
}
