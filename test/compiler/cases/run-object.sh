#!/bin/sh
# run-object.sh OBJECT PACKET…: loads an object by libbpf into the running kernel, runs its programs on each packet
# and prints what came of it, a line each. To be run inside `unshare -m`.
object=$1
shift
mount -t bpf bpf /sys/fs/bpf || exit 77
at=/sys/fs/bpf/case
mkdir $at
log=$(bpftool -d prog loadall "$object" $at/p pinmaps $at/m 2>&1) || {
	echo "refused: $(echo "$log" | tail -c 1500)"
	exit 0
}
echo "$log" | sed -n 's/^processed \([0-9]*\) insns.*/processed \1/p'
for packet in "$@"; do
	for prog in $at/p/*; do
		out=$(mktemp)
		answer=$(taskset -c 0 bpftool -j prog run pinned "$prog" data_in "$packet" data_out "$out" 2>&1)
		echo "run $(basename "$prog") $(echo "$answer" | sed 's/,"duration":[0-9]*//') $(od -An -v -tx1 "$out" | tr -d ' \n')"
		rm "$out"
	done
done
for map in $at/m/*; do
	case $map in *rodata* | *'*') continue ;; esac
	bpftool -j map show pinned "$map" | sed 's/"id":[0-9]*,//; s/"bytes_memlock":[0-9]*,*//; s/,"frozen":[01]//; s/,"btf_id":[0-9]*//; s/"pids":.*//; s/^/map /'
	echo
	# Maps and programs that a map holds show as ids, which are new each time.
	bpftool -j map show pinned "$map" | grep -qE '"(array_of_maps|hash_of_maps|prog_array)"' && continue
	bpftool -j map dump pinned "$map" 2>&1 | sed 's/^/contents /'
	echo
done
