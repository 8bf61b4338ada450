import { ANYTHING, CONST_MAP, CTX, type HelperRow, MAP_KEY, row } from './row.js';

const CHANGES = { changesPacket: true } as const;

/** Maps of sockets, and the messages that go through them. */
export const sockmap: readonly HelperRow[] = [
  row('sk_redirect_map', '4.14', 'Sends the data to the socket at an index of a sockmap.', [
    CTX,
    CONST_MAP,
    ANYTHING,
    ANYTHING,
  ]),
  row('sk_redirect_hash', '4.18', 'Sends the data to the socket under a key of a sockhash.', [
    CTX,
    CONST_MAP,
    MAP_KEY,
    ANYTHING,
  ]),
  row('sock_map_update', '4.14', 'Puts the context’s socket into a sockmap.', [
    CTX,
    CONST_MAP,
    MAP_KEY,
    ANYTHING,
  ]),
  row('sock_hash_update', '4.18', 'Puts the context’s socket into a sockhash.', [
    CTX,
    CONST_MAP,
    MAP_KEY,
    ANYTHING,
  ]),
  row('msg_redirect_map', '4.17', 'Sends the message to the socket at an index of a sockmap.', [
    CTX,
    CONST_MAP,
    ANYTHING,
    ANYTHING,
  ]),
  row('msg_redirect_hash', '4.18', 'Sends the message to the socket under a key of a sockhash.', [
    CTX,
    CONST_MAP,
    MAP_KEY,
    ANYTHING,
  ]),
  row('msg_apply_bytes', '4.17', 'The verdict is for so many bytes; the program runs again after them.', [
    CTX,
    ANYTHING,
  ]),
  row('msg_cork_bytes', '4.17', 'The program does not run again before so many bytes are there.', [
    CTX,
    ANYTHING,
  ]),
  row(
    'msg_pull_data',
    '4.17',
    'Makes the bytes between two offsets of the message readable at data.',
    [CTX, ANYTHING, ANYTHING, ANYTHING],
    CHANGES,
  ),
  row(
    'msg_push_data',
    '4.20',
    'Inserts so many bytes at an offset of the message.',
    [CTX, ANYTHING, ANYTHING, ANYTHING],
    CHANGES,
  ),
  row(
    'msg_pop_data',
    '5.0',
    'Removes so many bytes at an offset of the message.',
    [CTX, ANYTHING, ANYTHING, ANYTHING],
    CHANGES,
  ),
  row('sk_select_reuseport', '4.19', 'Chooses the socket under a key of a reuseport_sockarray or sockmap.', [
    CTX,
    CONST_MAP,
    MAP_KEY,
    ANYTHING,
  ]),
];
