import { ctxLayout } from './ctx-layout.js';
import type { Hook } from './hook.js';

/**
 * Programs that decode the signals of an infrared remote control. Kernels without CONFIG_BPF_LIRC_MODE2 load none, so
 * these rules are not measured; source: the kernel's documentation of lirc and include/uapi/linux/lirc.h.
 */
export const lircMode2: Hook = {
  id: 20,
  name: 'lirc_mode2',
  since: '4.18',
  doc: 'Runs for each pulse and space that an infrared receiver sees; the context is one number, its length and kind.',
  sections: [{ prefix: 'lirc_mode2', rest: 'none', attachType: 'lirc_mode2' }],
  ctx: ctxLayout('u32', 4, [['sample', 0, 4]]),
  views: [{ access: { read: { 4: '0' }, write: {}, pointers: {} } }],
  packet: 'none',
  packetToHelpers: false,
  legacyLoads: false,
  sleepable: 'never',
  testRun: false,
  attachTypes: ['lirc_mode2'],
};
