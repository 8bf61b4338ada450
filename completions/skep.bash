# Generated from the command table by gen/completions.ts; do not edit.
_skep() {
  local current="${COMP_WORDS[COMP_CWORD]}" words="" before=() word skip=""
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [ -n "$skip" ]; then skip=""; elif [ "$word" = --kernel ]; then skip=1
    elif [[ "$word" != -* ]]; then before+=("$word"); fi
  done
  if [ -n "$skip" ]; then COMPREPLY=($(compgen -W "engine linux" -- "$current")); return; fi
  if [ "${#before[@]}" = 0 ]; then words="prog map link net btf gen cgroup perf iter struct_ops feature batch replay verify compile debug exec syn version help --json --pretty --bpffs --debug --mapcompat --nomount --legacy --kernel --version --help"
  elif [ "${#before[@]}" = 1 ]; then case "${before[0]}" in
    prog) words="show list dump pin load loadall attach detach run tracelog profile tracepoint-format" ;;
    map) words="show list dump update lookup getnext delete pin create peek push enqueue pop dequeue event_pipe freeze" ;;
    link) words="show list pin detach" ;;
    net) words="show list attach detach" ;;
    btf) words="show list dump" ;;
    gen) words="object skeleton subskeleton min_core_btf" ;;
    cgroup) words="show list tree attach detach" ;;
    perf) words="show list" ;;
    iter) words="pin" ;;
    struct_ops) words="show list dump register unregister" ;;
    feature) words="probe list_builtins" ;;
    batch) words="file" ;;
  esac; fi
  if [ -z "$words" ]; then case "${before[0]} ${before[1]}" in
    prog\ show|prog\ list) words="id pinned tag name" ;;
    prog\ dump) words="xlated id pinned tag name file opcodes linum" ;;
    prog\ pin) words="id pinned tag name" ;;
    prog\ load) words="type map idx name id pinned pinmaps" ;;
    prog\ loadall) words="type map idx name id pinned pinmaps" ;;
    prog\ attach) words="id pinned tag name xdp dev tcx_ingress tcx_egress socket" ;;
    prog\ detach) words="id pinned tag name xdp dev tcx_ingress tcx_egress socket" ;;
    prog\ run) words="id pinned tag name data_in data_out ctx_in ctx_out repeat" ;;
    prog\ tracelog) words="stdout stderr id pinned tag name" ;;
    prog\ profile) words="id pinned tag name duration" ;;
    prog\ tracepoint-format) words="" ;;
    map\ show|map\ list) words="id pinned name" ;;
    map\ dump) words="id pinned name" ;;
    map\ update) words="id pinned name key hex value tag any exist noexist" ;;
    map\ lookup) words="id pinned name key hex" ;;
    map\ getnext) words="id pinned name key hex" ;;
    map\ delete) words="id pinned name key hex" ;;
    map\ pin) words="id pinned name" ;;
    map\ create) words="type key value entries name flags" ;;
    map\ peek) words="id pinned name" ;;
    map\ push|map\ enqueue) words="id pinned name value hex" ;;
    map\ pop|map\ dequeue) words="id pinned name" ;;
    map\ event_pipe) words="id pinned name cpu index" ;;
    map\ freeze) words="id pinned name" ;;
    link\ show|link\ list) words="id pinned" ;;
    link\ pin) words="id pinned" ;;
    link\ detach) words="id pinned" ;;
    net\ show|net\ list) words="dev" ;;
    net\ attach) words="xdp xdpgeneric xdpdrv tcx_ingress tcx_egress id pinned tag name dev overwrite" ;;
    net\ detach) words="xdp xdpgeneric xdpdrv tcx_ingress tcx_egress dev" ;;
    btf\ show|btf\ list) words="id" ;;
    btf\ dump) words="id prog pinned tag name map key value kv all file format raw c unsorted root_id --base-btf" ;;
    gen\ object) words="" ;;
    gen\ skeleton) words="name type --ts" ;;
    gen\ subskeleton) words="name" ;;
    gen\ min_core_btf) words="" ;;
    cgroup\ show|cgroup\ list) words="effective" ;;
    cgroup\ tree) words="effective" ;;
    cgroup\ attach) words="xdp xdpgeneric xdpdrv tcx_ingress tcx_egress id pinned tag name multi override" ;;
    cgroup\ detach) words="xdp xdpgeneric xdpdrv tcx_ingress tcx_egress id pinned tag name" ;;
    perf\ show|perf\ list) words="" ;;
    iter\ pin) words="map id pinned name" ;;
    struct_ops\ show|struct_ops\ list) words="id pinned name" ;;
    struct_ops\ dump) words="id pinned name" ;;
    struct_ops\ register) words="" ;;
    struct_ops\ unregister) words="id pinned name" ;;
    feature\ probe) words="kernel full macros prefix" ;;
    feature\ list_builtins) words="prog_types map_types attach_types link_types helpers" ;;
    batch\ file) words="" ;;
    *) case "${before[0]}" in
    replay) words="--dev --rate --loop --egress --keep-clock" ;;
    verify) words="id pinned tag name --log --target --unprivileged --capabilities --mitigations --all --profile --sarif" ;;
    compile) words="v2 v3 v4 object bitcode asm btf -o -mcpu -g0 --emit --watch --btf --clang" ;;
    debug) words="id pinned tag name data_in ctx_in repeat" ;;
    exec) words="jit interpreter --engine --elf" ;;
    syn) words="--top --max-sources" ;;
    version) words="" ;;
    esac ;;
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -o filenames -F _skep skep
