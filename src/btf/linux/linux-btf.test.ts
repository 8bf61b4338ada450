import { expect, test } from 'vitest';
import { findByName } from '../find.js';
import { linuxBtf } from './linux-btf.js';

test('knows the structs and functions of Linux', async () => {
  const btf = await linuxBtf();
  for (const name of ['task_struct', 'sock', 'sk_buff', 'iphdr', 'bpf_iter_num']) {
    expect(findByName(btf, name, 'struct'), name).toBeDefined();
  }
  for (const name of ['tcp_v4_connect', 'bpf_iter_num_new', 'bpf_obj_new_impl']) {
    expect(findByName(btf, name, 'func'), name).toBeDefined();
  }
});
