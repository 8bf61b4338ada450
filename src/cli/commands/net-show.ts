import type { Kernel, LinkInfo, ProgramInfo } from '../../kernel/kernel.js';
import type { Run } from '../context.js';
import type { Json } from '../format/json.js';
import { takeDevice } from '../targets.js';

interface Row {
  readonly link: LinkInfo;
  readonly program: ProgramInfo;
  readonly iface: string;
}

export const run: Run = ({ words, out, kernel: kernelName, withKernel }) =>
  withKernel('read', async ({ kernel }) => {
    const device = words.left > 0 ? takeDevice(words) : undefined;
    words.end();
    const rows: Row[] = [];
    for (const link of await kernel.links()) {
      const info = await link.info();
      const iface = 'iface' in info.target ? info.target.iface : undefined;
      if (iface === undefined || (device !== undefined && iface !== device)) continue;
      rows.push({ link: info, program: await (await kernel.programById(info.programId)).info(), iface });
    }
    const isLinux = kernelName === 'linux';
    const xdp = isLinux ? await xdpOfLinux(device) : rows.filter(isXdp).map(xdpRow);
    const tc = isLinux ? await tcOfLinux(device, kernel) : rows.filter(isTcx).map(tcRow);
    const dissectors = isLinux ? (await import('../../linux/index.js')).flowDissectors() : [];
    if (out.json) {
      // bpftool has a bare member in this array, which is no JSON; an object as elsewhere is.
      const flow = dissectors.map((id) => ({ id }));
      out.answer([{ xdp: xdp.map(xdpJson), tc: tc.map(tcJson), flow_dissector: flow }]);
    } else {
      out.write(`xdp:\n${xdp.map((row) => `${deviceOf(row)} ${row.mode} id ${row.id}\n`).join('')}\n`);
      out.write(`tc:\n${tc.map(tcText).join('')}\n`);
      out.write(`flow_dissector:\n${dissectors.map((id) => `id ${id}\n`).join('')}\n`);
    }
    return undefined;
  });

interface XdpRow extends Device {
  readonly mode: string;
  readonly id: number;
}
interface Device {
  readonly iface: string;
  readonly ifindex: number | undefined;
}

/** By netlink: programs that no link holds are told as well. */
async function xdpOfLinux(device: string | undefined): Promise<XdpRow[]> {
  const { xdpPrograms } = await import('../../linux/index.js');
  const all = xdpPrograms().filter(({ iface }) => device === undefined || iface === device);
  return all.map(({ programId, ...rest }) => ({ ...rest, id: programId }));
}

const isXdp = ({ link }: Row): boolean => link.target.kind === 'xdp';
const xdpRow = (row: Row): XdpRow => ({
  iface: row.iface,
  ifindex: row.link.ifindex,
  mode: modeOf(row),
  id: row.program.id,
});
const xdpJson = (row: XdpRow): Json => ({ ...deviceJson(row), mode: row.mode, id: row.id });
const isTcx = ({ link }: Row): boolean => link.target.kind === 'tcx';

interface TcRow extends Device {
  readonly place: string;
  readonly name: string;
  readonly id: number;
  readonly linkId: number;
}

const tcRow = (row: Row): TcRow => ({
  iface: row.iface,
  ifindex: row.link.ifindex,
  place: placeOf(row),
  name: row.program.name,
  id: row.program.id,
  linkId: row.link.id,
});

/** By netlink and queries: filters and programs without links as well. */
async function tcOfLinux(device: string | undefined, kernel: Kernel): Promise<TcRow[]> {
  const { tcPrograms } = await import('../../linux/index.js');
  const rows: TcRow[] = [];
  for (const { programId: id, name, ...rest } of tcPrograms()) {
    if (device !== undefined && rest.iface !== device) continue;
    rows.push({ ...rest, id, name: name ?? (await (await kernel.programById(id)).info()).name });
  }
  return rows;
}

/** Filters of the older discipline have bpftool's older form. */
const isFilter = ({ place }: TcRow): boolean => place.startsWith('clsact');

function tcText(row: TcRow): string {
  const head = `${deviceOf(row)} ${row.place} ${row.name}`;
  if (isFilter(row)) return `${head} id ${row.id}\n`;
  return `${head} prog_id ${row.id}${row.linkId === 0 ? '' : ` link_id ${row.linkId}`}\n`;
}

function tcJson(row: TcRow): Json {
  const head = { ...deviceJson(row), kind: row.place, name: row.name };
  if (isFilter(row)) return { ...head, id: row.id };
  const link = row.linkId === 0 ? {} : { link_id: row.linkId, link_flags: [] };
  return { ...head, prog_id: row.id, prog_flags: [], ...link };
}

/** As bpftool: `eth0(2)`. */
function deviceOf({ iface, ifindex }: Device): string {
  return ifindex === undefined ? iface : `${iface}(${ifindex})`;
}
function deviceJson({ iface, ifindex }: Device): {
  readonly devname: string;
  readonly ifindex?: number;
} {
  return { devname: iface, ...(ifindex === undefined ? {} : { ifindex }) };
}
function modeOf({ link: { target } }: Row): string {
  return target.kind === 'xdp' && target.mode === 'generic' ? 'generic' : 'driver';
}
function placeOf({ link: { target } }: Row): string {
  return target.kind === 'tcx' ? `tcx/${target.direction}` : target.kind;
}
