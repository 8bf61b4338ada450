import { ctxLayout } from './ctx-layout.js';
import type { Hook, SectionRule } from './hook.js';
import { MEASURED } from './measured.js';

/** Registers of x86-64 in `struct pt_regs`, 8 bytes each, in their order. */
const REGISTERS = 'r15 r14 r13 r12 bp bx r11 r10 r9 r8 ax cx dx si di orig_ax ip cs flags sp ss'.split(' ');

/** `struct pt_regs` of x86-64: the registers at the probed instruction. */
export const ptRegs = ctxLayout(
  'pt_regs',
  REGISTERS.length * 8,
  REGISTERS.map((name, index) => [name, index * 8, 8]),
);

const probe = (prefix: string, attachType?: string): SectionRule => ({
  prefix,
  rest: 'optional',
  ...(attachType === undefined ? {} : { attachType }),
});
/** User-space probes may sleep: `prefix` and `prefix.s`. */
const userProbe = (prefix: string, attachType?: string): SectionRule[] => [
  probe(prefix, attachType),
  { ...probe(`${prefix}.s`, attachType), sleepable: true },
];

/** Programs on kernel and user-space functions: probes, and USDT. */
export const kprobe: Hook = {
  id: 2,
  name: 'kprobe',
  since: '4.1',
  doc: 'Runs where a kernel or user-space function begins or returns; the context is the registers there. A session program returns 1 to skip the return.',
  sections: [
    probe('kprobe'),
    probe('kretprobe'),
    ...userProbe('uprobe'),
    ...userProbe('uretprobe'),
    probe('kprobe.multi', 'trace_kprobe_multi'),
    probe('kretprobe.multi', 'trace_kprobe_multi'),
    probe('kprobe.session', 'trace_kprobe_session'),
    ...userProbe('uprobe.multi', 'trace_uprobe_multi'),
    ...userProbe('uretprobe.multi', 'trace_uprobe_multi'),
    ...userProbe('uprobe.session', 'trace_uprobe_session'),
    probe('ksyscall'),
    probe('kretsyscall'),
    ...userProbe('usdt'),
  ],
  ctx: ptRegs,
  ...MEASURED.kprobe,
  attachTypes: ['trace_kprobe_multi', 'trace_kprobe_session', 'trace_uprobe_multi', 'trace_uprobe_session'],
};
