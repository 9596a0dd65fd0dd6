#!/usr/bin/env bash
# Runs a command under mpirun as on two hosts: each a network namespace with a name and an address of
# its own, joined by a bridge, so that all they say to each other goes over TCP.
#
#   hosts.sh MPIRUN PROCESSES COMMAND...
#
# Says "skipped: " and why where the machine does not allow it.
set -euo pipefail
mpirun=$1 processes=$2
shift 2

skip() {
  echo "skipped: $1"
  exit 0
}
[ "$(id -u)" -eq 0 ] || skip "making network namespaces needs root"
for tool in ip unshare hostname; do
  command -v "$tool" > /dev/null || skip "there is no $tool"
done

name=rp$$
folder=$(mktemp -d)
clean_up() {
  for host in 1 2; do ip netns del "$name-$host" 2> /dev/null || true; done
  ip link del "$name" 2> /dev/null || true
  rm -rf "$folder"
}
trap clean_up EXIT

ip link add "$name" type bridge 2> /dev/null || skip "this machine allows no bridges"
ip addr add 10.213.7.254/24 dev "$name"
ip link set "$name" up
for host in 1 2; do
  ip netns add "$name-$host" 2> /dev/null || skip "this machine allows no network namespaces"
  ip link add "${name}h$host" type veth peer name eth0 netns "$name-$host" 2> /dev/null ||
    skip "this machine allows no virtual links"
  ip link set "${name}h$host" master "$name" up
  ip -n "$name-$host" addr add "10.213.7.$host/24" dev eth0
  ip -n "$name-$host" link set eth0 up
  ip -n "$name-$host" link set lo up
  echo "10.213.7.$host slots=$((processes - processes / 2))" >> "$folder/hosts"
done

# What ssh does elsewhere: runs a command on a host.
cat > "$folder/agent" <<AGENT
#!/bin/sh
host=\$1
shift
exec ip netns exec "$name-\${host##*.}" unshare --uts sh -c "hostname host-\${host##*.}; \$*"
AGENT
chmod +x "$folder/agent"

"$mpirun" --hostfile "$folder/hosts" -n "$processes" --map-by node \
  --mca plm rsh --mca plm_rsh_agent "$folder/agent" --mca plm_rsh_no_tree_spawn 1 \
  --mca oob_tcp_if_include 10.213.7.0/24 --mca btl tcp,self \
  --mca btl_tcp_if_include 10.213.7.0/24 --mca pml ob1 "$@"
