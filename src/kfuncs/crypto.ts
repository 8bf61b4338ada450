import { kfunc } from './kfunc.js';

/** Ciphers. */
export const crypto = [
  kfunc(
    'bpf_crypto_ctx_create',
    '6.10',
    'Makes a cipher with a key, held.',
    'acquire',
    'ret_null',
    'sleepable',
  ),
  kfunc('bpf_crypto_ctx_acquire', '6.10', 'Holds it once more.', 'acquire', 'rcu', 'ret_null'),
  kfunc('bpf_crypto_ctx_release', '6.10', 'Lets it go.', 'release'),
  kfunc('bpf_crypto_encrypt', '6.10', 'Encrypts.', 'rcu'),
  kfunc('bpf_crypto_decrypt', '6.10', 'Decrypts.', 'rcu'),
];
