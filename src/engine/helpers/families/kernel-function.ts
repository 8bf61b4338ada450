import { ERRNO } from '../../../errors/errno.js';
import { functionAddress } from '../../world/trace/functions.js';
import { failed, type HelperFamily, type HostContext, host, low32 } from '../family.js';

export const kernelFunction: HelperFamily = {
  bindings: {
    bpf_get_func_ip: host('get_func_ip', 1),
    bpf_get_attach_cookie: host('get_attach_cookie', 1),
    bpf_get_func_arg: host('get_func_arg', 3),
    bpf_get_func_ret: host('get_func_ret', 2),
    bpf_get_func_arg_cnt: host('get_func_arg_cnt', 1),
  },
  host({ memory, world }: HostContext) {
    const call = () => world.net.trace.current;
    const store = (to: bigint | undefined, value: bigint | undefined): bigint => {
      if (value === undefined) return failed(ERRNO.EINVAL);
      memory.view.setBigUint64(Number(to), BigInt.asUintN(64, value), true);
      return 0n;
    };
    return {
      get_func_ip: () => {
        const current = call();
        return current === undefined ? 0n : functionAddress(current.function);
      },
      get_attach_cookie: () => world.points.running?.cookie ?? 0n,
      get_func_arg: (_ctx, index, to) => store(to, call()?.args[low32(index)]),
      get_func_ret: (_ctx, to) => store(to, call()?.result),
      get_func_arg_cnt: () => BigInt(call()?.args.length ?? 0),
    };
  },
};
