import type { ProgramInfo } from '../../kernel/kernel.js';
import type { Run } from '../context.js';
import type { Json } from '../format/json.js';
import { pinnedPaths, takePrograms } from '../select.js';

export const run: Run = ({ words, out, showPins, withKernel }) =>
  withKernel('read', async ({ kernel }) => {
    const isOne = words.left > 0;
    const programs = isOne ? await takePrograms(words, kernel) : await kernel.programs();
    words.end();
    const pins = showPins ? await pinnedPaths(kernel, 'program') : new Map<number, string[]>();
    const infos = await Promise.all(programs.map((program) => program.info()));
    if (out.json) {
      const list = infos.map((info) => programJson(info, pins.get(info.id)));
      out.answer(isOne && list.length === 1 ? list[0]! : list);
    } else for (const info of infos) out.write(programPlain(info, pins.get(info.id)));
    return undefined;
  });

/** bpftool's -j shape of a program. */
function programJson(info: ProgramInfo, pinned: readonly string[] | undefined): Json {
  return {
    id: info.id,
    type: info.type,
    name: info.name,
    tag: info.tag,
    gpl_compatible: info.gplCompatible,
    run_time_ns: info.runs ? (info.runNanoseconds ?? 0) : undefined,
    run_cnt: info.runs || undefined,
    loaded_at: Math.floor(info.loadedAt / 1000),
    uid: info.uid,
    bytes_xlated: info.bytesXlated,
    jited: info.jited,
    bytes_jited: info.jited ? info.bytesJited : undefined,
    bytes_memlock: info.memlock ?? pageBytes(info.bytesXlated),
    map_ids: info.mapIds.length === 0 ? undefined : info.mapIds,
    btf_id: info.btfId,
    pinned,
  };
}

function programPlain(info: ProgramInfo, pins: readonly string[] = []): string {
  const gpl = info.gplCompatible ? '  gpl' : '';
  const runs = info.runs ? ` run_time_ns ${info.runNanoseconds ?? 0} run_cnt ${info.runs}` : '';
  const maps = info.mapIds.length === 0 ? '' : `  map_ids ${info.mapIds.join(',')}`;
  const jited = info.jited ? `jited ${info.bytesJited}B` : 'not jited';
  return [
    `${info.id}: ${info.type}  name ${info.name}  tag ${info.tag}${gpl}${runs}`,
    `\tloaded_at ${localTime(info.loadedAt)}  uid ${info.uid}`,
    `\txlated ${info.bytesXlated}B  ${jited}  memlock ${info.memlock ?? pageBytes(info.bytesXlated)}B${maps}`,
    ...pins.map((path) => `\tpinned ${path}`),
    ...(info.btfId === undefined ? [] : [`\tbtf_id ${info.btfId}`]),
    '',
  ].join('\n');
}

function pageBytes(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 4096)) * 4096;
}

/** strftime's `%FT%T%z`, as bpftool prints it. */
function localTime(milliseconds: number): string {
  const minutes = -new Date(milliseconds).getTimezoneOffset();
  const local = new Date(milliseconds + minutes * 60_000).toISOString().slice(0, 19);
  const offset = Math.abs(minutes);
  const digits = (n: number): string => String(n).padStart(2, '0');
  return `${local}${minutes < 0 ? '-' : '+'}${digits(Math.floor(offset / 60))}${digits(offset % 60)}`;
}
