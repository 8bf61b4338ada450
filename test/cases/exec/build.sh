#!/bin/sh
# Rebuilds the objects of this folder with clang 19.
set -eu
cd "$(dirname "$0")"
clang-19 -target bpf -O2 -g -fdebug-prefix-map="$PWD"=. -c globals.bpf.c -o globals.bpf.o
llvm-strip-19 -g globals.bpf.o
llvm-mc-19 -triple bpf -filetype=obj text-only.s -o text-only.bpf.o
