#!/bin/sh
# Rebuilds every object here with clang 19.
set -eu
cd "$(dirname "$0")"
for src in ${*:-*.c}; do
	${CLANG:-clang-19} -target bpf -mcpu=v3 -O2 -g -Wall -Wno-unused-function -Wno-uninitialized \
		-fdebug-prefix-map="$PWD"=. -c "$src" -o "${src%.c}.o"
done
