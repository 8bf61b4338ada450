#!/bin/sh
# Rebuilds every object here with clang 19. `// FLAGS: …` in a source adds flags; `// ALSO: NAME FLAGS` builds it again;
# `// DWARF: NAME` keeps DWARF and drops BTF, as clang before 8 made objects.
set -eu
cd "$(dirname "$0")"
CLANG=${CLANG:-clang-19}
compile() {
	out=$1 src=$2
	shift 2
	$CLANG -target bpf -O2 -g -Wall -Wno-unused-function -fdebug-prefix-map="$PWD"=. "$@" -c "$src" -o "$out"
}
for src in ${*:-*.c}; do
	compile "${src%.c}.o" "$src" $(sed -n 's|^// FLAGS: ||p' "$src")
	sed -n 's|^// ALSO: ||p' "$src" | while read -r name flags; do
		compile "$name.o" "$src" $flags
	done
	for name in $(sed -n 's|^// DWARF: ||p' "$src"); do
		compile "$name.o" "$src" -g
		${OBJCOPY:-llvm-objcopy-19} -R .BTF -R .rel.BTF -R .BTF.ext -R .rel.BTF.ext "$name.o"
	done
done
