import { ANYTHING, CONST_MAP, type HelperRow, kernelStruct, row } from './row.js';

const FUNC = { kind: 'func' } as const;
const CALLBACK_CTX = { kind: 'stack_or_null' } as const;
const TIMER = { kind: 'timer' } as const;
const LOCK = { kind: 'spin_lock' } as const;
const VOID = { returns: { kind: 'void' } } as const;

/** Timers, locks, and functions called for what user space wrote or where an address lies. */
export const timers: readonly HelperRow[] = [
  row(
    'find_vma',
    '5.17',
    'Calls a function with the memory area of a task that an address lies in.',
    [kernelStruct('task_struct'), ANYTHING, FUNC, CALLBACK_CTX, ANYTHING],
    { callback: 'memory_area' },
  ),
  row(
    'user_ringbuf_drain',
    '6.1',
    'Calls a function for each record that user space wrote to a ring buffer.',
    [CONST_MAP, FUNC, CALLBACK_CTX, ANYTHING],
    { callback: 'user_ringbuf' },
  ),
  row('timer_init', '5.15', 'Makes a timer of a map’s value ready, on a clock.', [
    TIMER,
    CONST_MAP,
    ANYTHING,
  ]),
  row('timer_set_callback', '5.15', 'Says which function a timer calls.', [TIMER, FUNC], {
    callback: 'timer',
  }),
  row('timer_start', '5.15', 'Starts a timer, in so many nanoseconds.', [TIMER, ANYTHING, ANYTHING]),
  row('timer_cancel', '5.15', 'Stops a timer and waits for its function.', [TIMER]),
  row('spin_lock', '5.1', 'Takes the lock of a map’s value or of an object.', [LOCK], VOID),
  row('spin_unlock', '5.1', 'Gives the lock back.', [LOCK], VOID),
];
