import type { LinkInfo, ProgramInfo } from '../../kernel/kernel.js';
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
    const xdp = kernelName === 'linux' ? await xdpOfLinux(device) : rows.filter(isXdp).map(xdpRow);
    const tc = rows.filter(({ link }) => link.target.kind === 'tcx');
    if (out.json) out.answer([{ xdp: xdp.map(xdpJson), tc: tc.map(tcJson), flow_dissector: [] }]);
    else {
      out.write(`xdp:\n${xdp.map((row) => `${deviceOf(row)} ${row.mode} id ${row.id}\n`).join('')}\n`);
      out.write(
        `tc:\n${tc.map((row) => `${deviceOf({ iface: row.iface, ifindex: row.link.ifindex })} ${placeOf(row)} ${row.program.name} prog_id ${row.program.id} link_id ${row.link.id}\n`).join('')}\n`,
      );
      out.write('flow_dissector:\n\n');
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
const tcJson = (row: Row): Json => ({
  ...deviceJson({ iface: row.iface, ifindex: row.link.ifindex }),
  kind: placeOf(row),
  name: row.program.name,
  prog_id: row.program.id,
  prog_flags: [],
  link_id: row.link.id,
  link_flags: [],
});

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
