// Keeps the types of the running kernel as the ones that skep knows when it runs elsewhere.
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { readBtf } from '../src/btf/read.js';

const types = readFileSync('/sys/kernel/btf/vmlinux');
readBtf(types);
writeFileSync('src/btf/linux/linux.btf.gz', gzipSync(types, { level: 9 }));
