import { ERRNO } from '../../../errors/errno.js';
import { CPU_AREA_SIZE, CPU_AREAS, CPU_CGROUP, CPU_PID_TGID } from '../../runtime/layout.js';
import {
  failed,
  type HelperFamily,
  type HostContext,
  host,
  i32,
  i64,
  low32,
  runtime,
  status,
} from '../family.js';
import { cgroupAt } from '../guest.js';

/** The pid namespace of the simulated host: the device and inode that Linux gives the first one. */
const PID_NAMESPACE = { device: 4n, inode: 0xeffffffcn };
/** Highest signal, `_NSIG`. */
const SIGNALS = 64;
/** `sizeof(struct bpf_pidns_info)` */
const PIDNS_INFO = 8;

export const kernelObjects: HelperFamily = {
  bindings: {
    bpf_get_current_cgroup_id: runtime('get_current_cgroup_id', [], i64),
    bpf_get_current_ancestor_cgroup_id: host('current_ancestor_cgroup_id', 1),
    bpf_get_ns_current_pid_tgid: host('ns_current_pid_tgid', 4),
    bpf_current_task_under_cgroup: host('current_task_under_cgroup', 2),
    bpf_skc_to_tcp_sock: host('skc_to_tcp_sock', 1),
    bpf_skc_to_tcp6_sock: host('skc_to_tcp6_sock', 1),
    bpf_skc_to_udp6_sock: host('skc_to_udp6_sock', 1),
    bpf_skc_to_tcp_timewait_sock: host('skc_to_none', 1),
    bpf_skc_to_tcp_request_sock: host('skc_to_none', 1),
    bpf_get_current_task: host('current_task', 0),
    bpf_get_current_task_btf: host('current_task', 0),
    bpf_send_signal: host('send_signal', 1),
    bpf_send_signal_thread: host('send_signal_thread', 1),
    bpf_copy_from_user: status('copy_from_user', i32, i32, i64),
  },
  host({ memory, world }: HostContext) {
    const area = () => CPU_AREAS + memory.cpu * CPU_AREA_SIZE;
    const task = () => ({
      pid: memory.u32(area() + CPU_PID_TGID),
      tgid: memory.u32(area() + CPU_PID_TGID + 4),
    });
    const send = (signal: bigint | undefined, thread: boolean): bigint => {
      const number = low32(signal);
      // Signal 0 only asks, and the first process is not to be killed.
      if (number > SIGNALS) return failed(ERRNO.EINVAL);
      const { pid, tgid } = task();
      if (tgid === 1) return failed(ERRNO.EPERM);
      if (number !== 0) world.signal({ signal: number, thread, pid, tgid });
      return 0n;
    };
    /** The kernel's own struct of a socket, when it is of a kind; 0 when it is not. */
    const cast =
      (type: 'stream' | 'dgram', family?: 'inet6') =>
      (sk: bigint | undefined): bigint => {
        const socket = world.net.socketAt(Number(sk));
        const fits = socket?.kind.type === type && (family === undefined || socket.kind.family === family);
        return fits ? world.objects.sock(socket) : 0n;
      };
    return {
      skc_to_tcp_sock: cast('stream'),
      skc_to_tcp6_sock: cast('stream', 'inet6'),
      skc_to_udp6_sock: cast('dgram', 'inet6'),
      skc_to_none: () => 0n,
      current_task: () => world.objects.task(world.tasks.current ?? world.tasks.told()),
      current_ancestor_cgroup_id(level) {
        const current = memory.view.getBigUint64(area() + CPU_CGROUP, true);
        return world.cgroups.ancestor(current, low32(level))?.id ?? 0n;
      },
      current_task_under_cgroup(map, index) {
        const above = cgroupAt(memory, map, index);
        if (typeof above === 'bigint') return above;
        const current = memory.view.getBigUint64(area() + CPU_CGROUP, true);
        return world.cgroups.isUnder(current, BigInt(above)) ? 1n : 0n;
      },
      ns_current_pid_tgid(device, inode, to, size) {
        const refuse = (errno: number): bigint => {
          memory.write(Number(to), new Uint8Array(low32(size)));
          return failed(errno);
        };
        if (low32(size) !== PIDNS_INFO) return refuse(ERRNO.EINVAL);
        if (device !== PID_NAMESPACE.device || inode !== PID_NAMESPACE.inode) return refuse(ERRNO.EINVAL);
        const { pid, tgid } = task();
        memory.setU32(Number(to), pid);
        memory.setU32(Number(to) + 4, tgid);
        return 0n;
      },
      send_signal: (signal) => send(signal, false),
      send_signal_thread: (signal) => send(signal, true),
    };
  },
};
