#!/bin/sh
# Makes connections.pcap: a server and four clients, each in a network namespace of its own, on one bridge; connections
# over IPv4 and IPv6, attempts to closed ports (answered by RST) and to an address that nobody has (retransmitted).
# Needs root, iproute2, tcpdump and python3. Removes all that it made, always.
set -eu
out=${1:-$(dirname "$0")/connections.pcap}
tag=skp$$
dump=
cleanup() {
	[ -z "$dump" ] || kill "$dump" 2>/dev/null || true
	for ns in srv c1 c2 c3 c4 sw; do
		ip netns pids "$tag$ns" 2>/dev/null | xargs -r kill 2>/dev/null || true
		ip netns del "$tag$ns" 2>/dev/null || true
	done
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

ip netns add "${tag}sw"
ip -n "${tag}sw" link add br0 type bridge mcast_snooping 0
ip -n "${tag}sw" link set br0 up
host() { # name, IPv4, IPv6
	ip netns add "$tag$1"
	ip -n "${tag}sw" link add "v$1" type veth peer name eth0 netns "$tag$1"
	ip -n "${tag}sw" link set "v$1" master br0 up
	ip -n "$tag$1" link set lo up
	ip -n "$tag$1" addr add "$2/24" dev eth0
	ip -n "$tag$1" addr add "$3/64" dev eth0 nodad
	ip -n "$tag$1" link set eth0 up
}
host srv 192.0.2.1 2001:db8::1
host c1 192.0.2.11 2001:db8::11
host c2 192.0.2.12 2001:db8::12
host c3 192.0.2.13 2001:db8::13
host c4 192.0.2.14 2001:db8::14

# 192.0.2.99 is nobody, but its packets reach the server's device: no answer, so the client sends its SYN again.
mac=$(ip -n "${tag}srv" -br link show eth0 | awk '{ print $3 }')
ip -n "${tag}c4" neigh add 192.0.2.99 lladdr "$mac" dev eth0

ip netns exec "${tag}srv" python3 -c '
import socket, threading
s = socket.create_server(("::", 8080), family=socket.AF_INET6, backlog=64, dualstack_ipv6=True)
while True:
    c, _ = s.accept()
    c.recv(100); c.sendall(b"hello\n"); c.close()
' &
ip netns exec "${tag}srv" tcpdump -q -i eth0 -s 128 -U -w "$out" tcp 2>/dev/null &
dump=$!
sleep 1.5

connect() { # namespace, times, address, port
	ip netns exec "$tag$1" python3 -c '
import socket, sys
for _ in range(int(sys.argv[1])):
    try:
        c = socket.create_connection((sys.argv[2], int(sys.argv[3])), timeout=3.5)
        c.sendall(b"hi\n"); c.recv(100); c.close()
    except OSError:
        pass
' "$2" "$3" "$4"
}
connect c1 40 192.0.2.1 8080
connect c1 10 2001:db8::1 8080
connect c2 25 192.0.2.1 8080
connect c2 15 2001:db8::1 8081
connect c3 12 192.0.2.1 8081
connect c3 30 2001:db8::1 8080
connect c4 2 192.0.2.99 8080
connect c4 7 192.0.2.1 8080
sleep 0.5
kill "$dump"
wait "$dump" 2>/dev/null || true
dump=
echo "$out: $(wc -c <"$out") bytes"
