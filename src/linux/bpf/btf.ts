import { ERRNO, KernelError } from '../../errors/errno.js';
import { errnoName } from '../explain/errno.js';
import { permissionHint } from '../explain/privileges.js';
import { Fd } from '../sys/fd.js';
import { cText } from '../sys/layout.js';
import { tryBpf } from './call.js';

/** BPF_BTF_LOAD. @throws {KernelError} with the kernel's reason. */
export function btfLoad(btf: Uint8Array): Fd {
  const silent = tryBpf('btf_load', { btf, btf_size: btf.length });
  if (silent.result >= 0) return new Fd(silent.result);
  const log = new Uint8Array(new ArrayBuffer(1 << 16));
  const { result } = tryBpf('btf_load', {
    btf,
    btf_size: btf.length,
    btf_log_buf: log,
    btf_log_size: log.length,
    btf_log_level: 1,
  });
  if (result >= 0) return new Fd(result);
  const lines = cText(log).trim().split('\n');
  throw new KernelError(errnoName(-result), `BPF_BTF_LOAD: ${lines.at(-1) || errnoName(-result)}`, {
    facts: { errno: -result, log: lines },
    ...(result === -ERRNO.EPERM ? { hint: permissionHint(['CAP_BPF']) } : {}),
  });
}
