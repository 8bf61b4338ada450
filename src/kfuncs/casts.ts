import { kfunc } from './kfunc.js';

/** Seeing a pointer as one to another struct of the kernel. */
export const casts = [
  kfunc('bpf_cast_to_kern_ctx', '6.2', 'The kernel’s struct behind a context.', 'fastcall'),
  kfunc('bpf_rdonly_cast', '6.2', 'An address as a struct whose members can be read.', 'fastcall'),
];
