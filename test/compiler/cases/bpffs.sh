#!/bin/sh
# To be run inside `unshare -m`: mounts a BPF file system of its own, and loads by libbpf the objects that its input
# names (NUMBER PATH), each into a folder of that number. Answers a line with the number, a word and the verifier's statistics, or
# with libbpf's last words.
mount -t bpf bpf /sys/fs/bpf || exit 77
echo ready
while read -r number path; do
	at=/sys/fs/bpf/$number
	mkdir "$at"
	if log=$(bpftool -d prog loadall "$path" "$at/p" pinmaps "$at/m" 2>&1); then
		echo "$number loaded $(echo "$log" | sed -n 's/^processed \([0-9]*\) insns.*/\1/p' | tr '\n' ' ')"
	else
		echo "$number refused $(echo "$log" | tail -c 1500 | tr '\n' '|')"
	fi
done
