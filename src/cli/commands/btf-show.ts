import type { BtfInfo, Kernel } from '../../kernel/kernel.js';
import type { Run } from '../context.js';
import { CommandError } from '../failure.js';
import type { Json } from '../format/json.js';

export const run: Run = ({ words, out, withKernel }) =>
  withKernel('read', async ({ kernel }) => {
    let id: number | undefined;
    if (words.left > 0) {
      words.keyword(['id']);
      id = words.number('ID');
    }
    words.end();
    const all = await kernel.btfs();
    const chosen = id === undefined ? all : all.filter((info) => info.id === id);
    if (id !== undefined && chosen.length === 0)
      throw new CommandError(`can't get BTF object by id (${id}): No such file or directory`);
    const users = await usersOf(kernel);
    if (out.json) {
      const rows = chosen.map((info) => json(info, users));
      out.answer(id === undefined ? rows : (rows[0] ?? null));
    } else for (const info of chosen) out.write(plain(info, users));
    return undefined;
  });

interface Users {
  readonly programs: ReadonlyMap<number, readonly number[]>;
  readonly maps: ReadonlyMap<number, readonly number[]>;
}

async function usersOf(kernel: Kernel): Promise<Users> {
  const infos = async (objects: readonly { info(): Promise<{ id: number; btfId?: number }> }[]) => {
    const ids = new Map<number, number[]>();
    for (const object of objects) {
      const { id, btfId } = await object.info();
      if (btfId !== undefined) ids.set(btfId, [...(ids.get(btfId) ?? []), id]);
    }
    return ids;
  };
  return { programs: await infos(await kernel.programs()), maps: await infos(await kernel.maps()) };
}

function json({ id, name, kernel, size }: BtfInfo, { programs, maps }: Users): Json {
  return {
    id,
    size,
    prog_ids: programs.get(id) ?? [],
    map_ids: maps.get(id) ?? [],
    kernel,
    name: name === '' ? undefined : name,
  };
}

function plain({ id, name, kernel, size }: BtfInfo, { programs, maps }: Users): string {
  const shown = name === '' ? '<anon>' : kernel ? `[${name}]` : name;
  const list = (word: string, ids: readonly number[] = []) =>
    ids.length === 0 ? '' : `  ${word} ${ids.join(',')}`;
  const users = `${list('prog_ids', programs.get(id))}${list('map_ids', maps.get(id))}`;
  return `${id}: name ${shown}  size ${size}B${users}\n`;
}
