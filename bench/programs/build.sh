#!/bin/sh
# Rebuilds the objects beside it. Needs clang 19 and libbpf's headers (Debian: clang-19 libbpf-dev).
set -eu
cd "$(dirname "$0")"
for source in *.bpf.c; do
	clang-19 -target bpf -mcpu=v3 -O2 -g -Wall -Werror "-I/usr/include/$(uname -m)-linux-gnu" \
		"-fdebug-compilation-dir=." -c "$source" -o "${source%.c}.o"
done
