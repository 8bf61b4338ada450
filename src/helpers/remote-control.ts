import { ANYTHING, CTX, type HelperRow, row } from './row.js';

/** What decoders of infrared signals report. */
export const remoteControl: readonly HelperRow[] = [
  row('rc_repeat', '4.18', 'Reports that the last key is still held.', [CTX]),
  row('rc_keydown', '4.18', 'Reports a key: the protocol, the scan code and the toggle bit.', [
    CTX,
    ANYTHING,
    ANYTHING,
    ANYTHING,
  ]),
  row('rc_pointer_rel', '5.0', 'Reports a move of a pointer, in x and y.', [CTX, ANYTHING, ANYTHING]),
];
