import { ANYTHING, CTX, fillNumber, type HelperRow, row } from './row.js';

/** What a program asks of, or does to, the kernel function that it is attached to. */
export const kernelFunction: readonly HelperRow[] = [
  row('get_func_ip', '5.15', 'The address of the function that the program is attached to.', [CTX]),
  row(
    'get_func_arg',
    '5.17',
    'Reads an argument of the function, by its number from 0; -EINVAL when it has no such argument.',
    [CTX, ANYTHING, fillNumber(8)],
  ),
  row(
    'get_func_ret',
    '5.17',
    'Reads what the function returned; -EOPNOTSUPP for programs that run before it returns.',
    [CTX, fillNumber(8)],
  ),
  row('get_func_arg_cnt', '5.17', 'How many arguments the function has.', [CTX]),
  row(
    'override_return',
    '4.16',
    'Lets the function return at once with this result; only functions that Linux marks for it.',
    [CTX, ANYTHING],
  ),
];
