import type { Kernel } from '../kernel/kernel.js';
import type { CgroupProgram } from '../linux/index.js';
import type { Json } from './format/json.js';

/** bpftool's columns. Inherited programs do not say how they were attached. */
export function title(effective: boolean): string {
  return row('ID', 'AttachType', effective ? undefined : 'AttachFlags', 'Name');
}

function row(id: string, type: string, flags: string | undefined, name: string): string {
  const columns = [type, ...(flags === undefined ? [] : [flags]), name].map((text) => text.padEnd(15));
  return `${id.padEnd(8)} ${columns.join(' ')}\n`;
}

/** Names of programs by their ids; those that are gone meanwhile have none. */
export async function programNames(
  kernel: Kernel,
  rows: readonly CgroupProgram[],
): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  for (const { programId } of rows) {
    if (names.has(programId)) continue;
    const program = await kernel.programById(programId).catch(() => undefined);
    if (program !== undefined) names.set(programId, (await program.info()).name);
  }
  return names;
}

export function rowText(
  { programId, attachType, flags }: CgroupProgram,
  names: ReadonlyMap<number, string>,
  effective: boolean,
): string {
  return row(String(programId), attachType.name, effective ? undefined : flags, names.get(programId) ?? '');
}

export function rowJson(
  { programId, attachType, flags }: CgroupProgram,
  names: ReadonlyMap<number, string>,
  effective: boolean,
): Json {
  return {
    id: programId,
    attach_type: attachType.name,
    ...(effective ? {} : { attach_flags: flags }),
    name: names.get(programId) ?? '',
  };
}
