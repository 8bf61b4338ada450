import type { Run } from './context.js';

export interface OptionRow {
  readonly name: string;
  /** One letter that stands for it. */
  readonly short?: string;
  /** What its value is, for the help; absent when it takes none. */
  readonly value?: string;
  readonly doc: string;
}

/** One command. Help, prefixes and completion come from these rows. */
export interface CommandRow {
  /** `map` `dump`; one word for commands without an object. The first word after the object may have other names. */
  readonly path: readonly [string] | readonly [string, string];
  readonly aliases?: readonly string[];
  /** What follows the path. */
  readonly usage: string;
  readonly doc: string;
  readonly options?: readonly OptionRow[];
  /** All further words are the command's own, options too. */
  readonly raw?: true;
  readonly load: () => Promise<{ readonly run: Run }>;
}

/** Options of all commands. m and l ask for what skep always does (maps of old objects); scripts write them. */
export const GLOBAL_OPTIONS: readonly OptionRow[] = [
  { short: 'j', name: 'json', doc: 'answer in JSON' },
  { short: 'p', name: 'pretty', doc: 'answer in indented JSON' },
  { short: 'f', name: 'bpffs', doc: 'show pinned paths' },
  { short: 'd', name: 'debug', doc: 'print the verifier’s log when loading' },
  { short: 'm', name: 'mapcompat', doc: 'taken and not needed' },
  { short: 'n', name: 'nomount', doc: 'do not mount the BPF file system where it is missing' },
  { short: 'l', name: 'legacy', doc: 'taken and not needed' },
  { name: 'kernel', value: 'engine|linux', doc: 'which kernel (SKEP_KERNEL; default engine)' },
  { short: 'V', name: 'version', doc: 'print the version' },
  { short: 'h', name: 'help', doc: 'print the commands' },
];

/** What the words in capitals stand for. */
export const TERMS = {
  MAP: '{ id N | pinned PATH | name NAME }',
  PROG: '{ id N | pinned PATH | tag TAG | name NAME }',
  LINK: '{ id N | pinned PATH }',
  BTF: '{ id N | prog PROG | map MAP [{ key | value | kv | all }] | file FILE }',
  DATA: '{ N N … | hex HH HH … }',
  TARGET:
    '{ tracepoint/NAME | raw_tracepoint/NAME | xdp dev NAME | tcx_ingress dev NAME | tcx_egress dev NAME | socket }',
  ATTACH: '{ xdp | xdpgeneric | xdpdrv | tcx_ingress | tcx_egress }',
} as const;

/** Every command, in the order in which abbreviations are resolved. */
export const COMMANDS: readonly CommandRow[] = [
  {
    path: ['prog', 'show'],
    aliases: ['list'],
    usage: '[PROG]',
    doc: 'list loaded programs',
    load: () => import('./commands/prog-show.js'),
  },
  {
    path: ['prog', 'dump'],
    usage: 'xlated PROG [{ file FILE | opcodes | linum }]',
    doc: 'print a program’s instructions',
    load: () => import('./commands/prog-dump.js'),
  },
  {
    path: ['prog', 'pin'],
    usage: 'PROG PATH',
    doc: 'give a program a name',
    load: () => import('./commands/prog-pin.js'),
  },
  {
    path: ['prog', 'load'],
    usage: 'OBJECT PATH [type TYPE] [map { idx N | name NAME } MAP] [pinmaps DIR]',
    doc: 'verify and load the first program of an object, and pin it',
    load: () => import('./commands/prog-load.js'),
  },
  {
    path: ['prog', 'loadall'],
    usage: 'OBJECT DIR [type TYPE] [map { idx N | name NAME } MAP] [pinmaps DIR]',
    doc: 'load all programs of an object, and pin them in DIR',
    load: () => import('./commands/prog-loadall.js'),
  },
  {
    path: ['prog', 'attach'],
    usage: 'PROG TARGET',
    doc: 'attach a program',
    load: () => import('./commands/prog-attach.js'),
  },
  {
    path: ['prog', 'detach'],
    usage: 'PROG [TARGET]',
    doc: 'detach a program',
    load: () => import('./commands/prog-detach.js'),
  },
  {
    path: ['prog', 'run'],
    usage: 'PROG data_in FILE [data_out FILE] [ctx_in FILE] [ctx_out FILE] [repeat N]',
    doc: 'run a program on a packet',
    load: () => import('./commands/prog-run.js'),
  },
  {
    path: ['prog', 'tracelog'],
    usage: '[{ stdout | stderr } PROG]',
    doc: 'print what programs print, until Ctrl-C, or what is in a stream of a program',
    load: () => import('./commands/prog-tracelog.js'),
  },
  {
    path: ['prog', 'profile'],
    usage: 'PROG [duration SECONDS] METRIC…',
    doc: 'not there: counts hardware events of a program',
    load: () => import('./commands/prog-profile.js'),
  },
  {
    path: ['prog', 'tracepoint-format'],
    usage: 'NAME',
    doc: 'print the record of a tracepoint',
    load: () => import('./commands/prog-tracepoint-format.js'),
  },
  {
    path: ['map', 'show'],
    aliases: ['list'],
    usage: '[MAP]',
    doc: 'list maps',
    load: () => import('./commands/map-show.js'),
  },
  {
    path: ['map', 'dump'],
    usage: 'MAP',
    doc: 'print all entries of a map',
    load: () => import('./commands/map-dump.js'),
  },
  {
    path: ['map', 'update'],
    usage: 'MAP [key DATA] [value { DATA | PROG | MAP }] [any | exist | noexist]',
    doc: 'set an entry',
    load: () => import('./commands/map-update.js'),
  },
  {
    path: ['map', 'lookup'],
    usage: 'MAP [key DATA]',
    doc: 'print one entry',
    load: () => import('./commands/map-lookup.js'),
  },
  {
    path: ['map', 'getnext'],
    usage: 'MAP [key DATA]',
    doc: 'print the key that follows',
    load: () => import('./commands/map-getnext.js'),
  },
  {
    path: ['map', 'delete'],
    usage: 'MAP key DATA',
    doc: 'delete an entry',
    load: () => import('./commands/map-delete.js'),
  },
  {
    path: ['map', 'pin'],
    usage: 'MAP PATH',
    doc: 'give a map a name',
    load: () => import('./commands/map-pin.js'),
  },
  {
    path: ['map', 'create'],
    usage: 'PATH type TYPE key SIZE value SIZE entries N [name NAME] [flags N]',
    doc: 'make a map, and pin it',
    load: () => import('./commands/map-create.js'),
  },
  {
    path: ['map', 'peek'],
    usage: 'MAP',
    doc: 'print the next value of a queue or stack',
    load: () => import('./commands/map-peek.js'),
  },
  {
    path: ['map', 'push'],
    aliases: ['enqueue'],
    usage: 'MAP value DATA',
    doc: 'add a value to a stack or queue',
    load: () => import('./commands/map-push.js'),
  },
  {
    path: ['map', 'pop'],
    aliases: ['dequeue'],
    usage: 'MAP',
    doc: 'take the next value out of a stack or queue, and print it',
    load: () => import('./commands/map-pop.js'),
  },
  {
    path: ['map', 'event_pipe'],
    usage: 'MAP [cpu N index M]',
    doc: 'print what programs send to a perf event array, until Ctrl-C',
    load: () => import('./commands/map-event-pipe.js'),
  },
  {
    path: ['map', 'freeze'],
    usage: 'MAP',
    doc: 'forbid changes from user space',
    load: () => import('./commands/map-freeze.js'),
  },
  {
    path: ['link', 'show'],
    aliases: ['list'],
    usage: '[LINK]',
    doc: 'list links',
    load: () => import('./commands/link-show.js'),
  },
  {
    path: ['link', 'pin'],
    usage: 'LINK PATH',
    doc: 'give a link a name',
    load: () => import('./commands/link-pin.js'),
  },
  {
    path: ['link', 'detach'],
    usage: 'LINK',
    doc: 'end an attachment',
    load: () => import('./commands/link-detach.js'),
  },
  {
    path: ['net', 'show'],
    aliases: ['list'],
    usage: '[dev NAME]',
    doc: 'list programs on devices',
    load: () => import('./commands/net-show.js'),
  },
  {
    path: ['net', 'attach'],
    usage: 'ATTACH PROG dev NAME [overwrite]',
    doc: 'attach a program to a device',
    load: () => import('./commands/net-attach.js'),
  },
  {
    path: ['net', 'detach'],
    usage: 'ATTACH dev NAME',
    doc: 'detach a device’s program',
    load: () => import('./commands/net-detach.js'),
  },
  {
    path: ['btf', 'show'],
    aliases: ['list'],
    usage: '[id N]',
    doc: 'list the types that the kernel holds',
    load: () => import('./commands/btf-show.js'),
  },
  {
    path: ['btf', 'dump'],
    usage: 'BTF [format { raw | c [unsorted] }] [root_id N]',
    doc: 'print types, as records or as C',
    options: [{ name: 'base-btf', short: 'B', value: 'FILE', doc: 'the types that split BTF goes on from' }],
    load: () => import('./commands/btf-dump.js'),
  },
  {
    path: ['gen', 'object'],
    usage: 'OUTPUT INPUT [INPUT…]',
    doc: 'link objects into one',
    load: () => import('./commands/gen-object.js'),
  },
  {
    path: ['gen', 'skeleton'],
    usage: 'OBJECT [name NAME] [type TYPE]…',
    doc: 'write a C header, or a TypeScript module, that embeds an object and gives its parts as members',
    options: [
      { name: 'ts', doc: 'TypeScript; type TYPE adds types of records, such as those of a ring buffer' },
    ],
    load: () => import('./commands/gen-skeleton.js'),
  },
  {
    path: ['gen', 'subskeleton'],
    usage: 'OBJECT [name NAME]',
    doc: 'write a C header for a part of an object, such as a library',
    load: () => import('./commands/gen-subskeleton.js'),
  },
  {
    path: ['gen', 'min_core_btf'],
    usage: 'INPUT OUTPUT OBJECT [OBJECT…]',
    doc: 'cut a kernel’s types down to what objects need to be fitted to it',
    load: () => import('./commands/gen-min-core-btf.js'),
  },
  {
    path: ['cgroup', 'show'],
    aliases: ['list'],
    usage: 'CGROUP [effective]',
    doc: 'list programs on a cgroup',
    load: () => import('./commands/cgroup-show.js'),
  },
  {
    path: ['cgroup', 'tree'],
    usage: '[CGROUP] [effective]',
    doc: 'list programs on a cgroup and those below it',
    load: () => import('./commands/cgroup-tree.js'),
  },
  {
    path: ['cgroup', 'attach'],
    usage: 'CGROUP ATTACH-TYPE PROG [{ multi | override }]',
    doc: 'attach a program to a cgroup',
    load: () => import('./commands/cgroup-attach.js'),
  },
  {
    path: ['cgroup', 'detach'],
    usage: 'CGROUP ATTACH-TYPE PROG',
    doc: 'detach a program from a cgroup',
    load: () => import('./commands/cgroup-detach.js'),
  },
  {
    path: ['perf', 'show'],
    aliases: ['list'],
    usage: '',
    doc: 'list programs on perf events, and the processes that hold them',
    load: () => import('./commands/perf-show.js'),
  },
  {
    path: ['iter', 'pin'],
    usage: 'OBJECT PATH [map MAP]',
    doc: 'make a file of an iterator program, which runs for whoever reads it',
    load: () => import('./commands/iter-pin.js'),
  },
  {
    path: ['struct_ops', 'show'],
    aliases: ['list'],
    usage: '[MAP]',
    doc: 'list struct_ops maps',
    load: () => import('./commands/struct-ops-show.js'),
  },
  {
    path: ['struct_ops', 'dump'],
    usage: '[MAP]',
    doc: 'print what struct_ops maps hold',
    load: () => import('./commands/struct-ops-dump.js'),
  },
  {
    path: ['struct_ops', 'register'],
    usage: 'OBJECT [LINK_DIR]',
    doc: 'load an object and hand its struct_ops to the kernel; links are pinned in LINK_DIR',
    load: () => import('./commands/struct-ops-register.js'),
  },
  {
    path: ['struct_ops', 'unregister'],
    usage: 'MAP',
    doc: 'take a struct_ops map out of the kernel',
    load: () => import('./commands/struct-ops-unregister.js'),
  },
  {
    path: ['feature', 'probe'],
    usage: '[kernel] [full] [macros [prefix PREFIX]]',
    doc: 'tell what the kernel has: program types, map types, helpers',
    load: () => import('./commands/feature-probe.js'),
  },
  {
    path: ['feature', 'list_builtins'],
    usage: '{ prog_types | map_types | attach_types | link_types | helpers }',
    doc: 'print the names that skep knows',
    load: () => import('./commands/feature-list-builtins.js'),
  },
  {
    path: ['batch', 'file'],
    usage: '{ FILE | - }',
    doc: 'run the commands of a file, one a line, until one fails',
    load: () => import('./commands/batch.js'),
  },
  {
    path: ['replay'],
    usage: 'FILE',
    doc: 'play a capture to the attached programs',
    options: [
      { name: 'dev', value: 'NAME', doc: 'the device it comes in on (eth0)' },
      { name: 'rate', value: 'N', doc: 'packets a second (as fast as possible)' },
      { name: 'loop', doc: 'start over at the end, until Ctrl-C' },
      { name: 'egress', doc: 'the device sends the packets instead of receiving them' },
      { name: 'keep-clock', doc: 'programs see this machine’s clock, not the packets’ times' },
    ],
    load: () => import('./commands/replay.js'),
  },
  {
    path: ['verify'],
    usage: 'OBJECT [PROG-NAME…]',
    doc: 'check programs as Linux would, and explain; exit status 0 accepted, 1 rejected, 2 could not be tried',
    options: [
      { name: 'log', value: 'N', doc: 'print the log in the words of Linux: 1, 2 or 4, or their sum' },
      { name: 'target', value: 'KERNEL', doc: 'the kernel whose rules decide: linux-6.18' },
      { name: 'unprivileged', doc: 'as loaded without privileges: --capabilities none' },
      {
        name: 'capabilities',
        value: 'LIST',
        doc: 'as loaded with these of bpf,perfmon,net_admin,sys_admin, or with none',
      },
      { name: 'mitigations', value: 'on|off', doc: 'whether that kernel guards against Spectre; default on' },
      { name: 'all', doc: 'programs too that load only when named (sections that start with ?)' },
      { name: 'profile', doc: 'print what each source line cost: instructions, states, pruning, time' },
      { name: 'sarif', doc: 'answer in SARIF 2.1.0, for editors and code hosts' },
    ],
    load: () => import('./commands/verify.js'),
  },
  {
    path: ['compile'],
    usage:
      'FILE.bpf.c [-o FILE.o] [-I DIR] [-D NAME[=VALUE]] [-mcpu=v1|v2|v3|v4] [-g0] [--emit object|bitcode|asm|btf] [-MMD] [--watch] [--btf FILE] [--clang PATH]',
    doc: 'compile C to a BPF object, with nothing but npm; options are spelled as clang’s',
    raw: true,
    load: () => import('./commands/compile.js'),
  },
  {
    path: ['debug'],
    usage: 'OBJECT [PROG-NAME] [data_in FILE] [ctx_in FILE] [repeat N]',
    doc: 'run a program step by step, forward and back; commands on a terminal or from standard input (help)',
    load: () => import('./commands/debug.js'),
  },
  {
    path: ['exec'],
    usage: '[MEMORY-HEX] [--engine jit|interpreter] [--elf]',
    doc: 'run bytecode from standard input in a sandbox',
    raw: true,
    load: () => import('./commands/exec.js'),
  },
  {
    path: ['syn'],
    usage: '[FILE] [--top N] [--max-sources N]',
    doc: 'count connection attempts per source address in a capture',
    raw: true,
    load: () => import('./commands/syn.js'),
  },
  { path: ['version'], usage: '', doc: 'print the version', load: () => import('./commands/version.js') },
];
