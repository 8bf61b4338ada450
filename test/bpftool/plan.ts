/** A step of the comparison: a command line for both tools, or one that prepares something. */
export interface Step {
  readonly args: readonly string[];
  /** Run with one tool only, and not compared. */
  readonly tool?: 'bpftool' | 'skep';
  readonly fails?: true;
  /** Why the outputs differ: a heading of docs/bpftool-parity.md. */
  readonly text?: Difference;
  readonly json?: Difference;
  /** Members of JSON that are not compared: times, and what one of the two does not tell. */
  readonly without?: readonly string[];
}
export type Difference = (typeof DIFFERENCES)[number];
export const DIFFERENCES = [
  'Errors say more',
  'Durations',
  'Helpers that a program type may call',
  'Newer names',
  'Parameters of the kernel',
  'Links tell their place',
  'Unsigned enumerators in JSON',
  'Versions',
  'LSM hooks of cgroups',
  'Nothing is an empty list',
] as const;

const line = (text: string, more: Omit<Step, 'args'> = {}): Step => ({ args: text.split(' '), ...more });
const fails = { text: 'Errors say more' } as const;

/** Maps that bpftool loads share one BTF; skep gives each map's types to the kernel with the map. */
const BPFTOOLS = '/sys/fs/bpf/b';

/** What is looked at once for objects that bpftool loaded, and once for those of skep. */
function looks(at: string): Step[] {
  const prog = `${at}/prog`;
  const map = (name: string) => `${at}/maps/${name}`;
  return [
    line(`prog show pinned ${prog}`),
    line(`-f prog show pinned ${prog}`),
    line(`prog show id @id:prog:${prog}`),
    line(`p s p ${prog}`),
    line(`prog dump xlated pinned ${prog}`),
    line(`prog dump xlated pinned ${prog} opcodes`),
    line(`prog dump xlated pinned ${prog} linum`),
    line(`prog dump xlated id @id:prog:${prog}`),
    line(`prog run pinned ${prog} data_in FOLDER/packet repeat 2`, {
      text: 'Durations',
      without: ['duration', 'retval'],
    }),
    line(`map show pinned ${map('pairs')}`),
    line(`map show id @id:map:${map('pairs')}`),
    line(`-f map show pinned ${map('events')}`),
    line(`map show pinned ${map('totals')}`),
    line(`map dump pinned ${map('pairs')}`),
    line(`map dump id @id:map:${map('totals')}`),
    line(`map lookup pinned ${map('pairs')} key 0 0 0 0`),
    line(`map lookup pinned ${map('pairs')} key hex 00 00 00 00`),
    line(`map lookup pinned ${map('totals')} key 0 0 0 0`),
    line(`map getnext pinned ${map('pairs')}`),
    line(`map lookup pinned ${map('pairs')} key 9 0 0 0`),
    line(`btf dump prog pinned ${prog}`),
    line(`btf dump map pinned ${map('pairs')} key`),
    line(`btf dump map pinned ${map('pairs')} value`),
    line(`btf dump map pinned ${map('pairs')} kv`),
    line(`btf dump map pinned ${map('pairs')} all`),
    line(`btf dump id @btf_id:prog:${prog}`),
    line(`btf show id @btf_id:prog:${prog}`, at === BPFTOOLS ? { without: ['map_ids'] } : {}),
  ];
}

/** Maps without types, filled by one tool and read by both. */
const MAPS: readonly Step[] = [
  line('map create /sys/fs/bpf/hash type hash key 4 value 8 entries 4 name plain', { tool: 'skep' }),
  line('map create /sys/fs/bpf/percpu type percpu_hash key 4 value 8 entries 4 name percpu', {
    tool: 'bpftool',
  }),
  line('map create /sys/fs/bpf/queue type queue value 4 entries 4 name queue', { tool: 'skep' }),
  line('map create /sys/fs/bpf/stack type stack value 24 entries 4 name stack', { tool: 'bpftool' }),
  line('map create /sys/fs/bpf/tails type prog_array key 4 value 4 entries 4 name tails', { tool: 'skep' }),
  line('map update pinned /sys/fs/bpf/hash key hex 01 02 03 04 value 1 2 3 4 5 6 7 8', { tool: 'bpftool' }),
  line('map update pinned /sys/fs/bpf/hash key 1 2 3 5 value hex 08 07 06 05 04 03 02 01 noexist', {
    tool: 'skep',
  }),
  line('map update pinned /sys/fs/bpf/hash key 1 2 3 5 value 0 0 0 0 0 0 0 0 noexist', fails),
  line('map update pinned /sys/fs/bpf/percpu key 1 0 0 0 value 1 2 3 4 5 6 7 8', { tool: 'skep' }),
  line('map update pinned /sys/fs/bpf/tails key 1 0 0 0 value pinned /sys/fs/bpf/b/prog', { tool: 'skep' }),
  line('map dump pinned /sys/fs/bpf/hash'),
  line('map dump pinned /sys/fs/bpf/percpu'),
  line('map lookup pinned /sys/fs/bpf/percpu key 1 0 0 0'),
  line('map getnext pinned /sys/fs/bpf/hash key 1 2 3 4'),
  line('map show pinned /sys/fs/bpf/percpu'),
  line('map show name percpu'),
  line('map lookup pinned /sys/fs/bpf/hash key 1 2 3', { text: 'Errors say more' }),
  line('map delete pinned /sys/fs/bpf/hash key 1 2 3 4', { tool: 'skep' }),
  line('map dump pinned /sys/fs/bpf/hash'),
  line('map push pinned /sys/fs/bpf/queue value 1 2 3 4'),
  line('map peek pinned /sys/fs/bpf/queue'),
  line('map pop pinned /sys/fs/bpf/queue'),
  line('map dequeue pinned /sys/fs/bpf/queue'),
  line('map enqueue pinned /sys/fs/bpf/queue value 9 9 9 9', { tool: 'bpftool' }),
  line('map push pinned /sys/fs/bpf/stack value 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8', {
    tool: 'skep',
  }),
  line('map peek pinned /sys/fs/bpf/stack'),
  line('map show pinned /sys/fs/bpf/stack'),
  line('map freeze pinned /sys/fs/bpf/hash', { tool: 'skep' }),
  line('map show pinned /sys/fs/bpf/hash'),
];

/** On devices of the test's own network namespace, and its own cgroup. */
const PLACES: readonly Step[] = [
  line('net show'),
  line('net attach xdpgeneric pinned /sys/fs/bpf/b/prog dev lo', { tool: 'bpftool' }),
  line('net show'),
  line('net show dev lo'),
  line('net detach xdpgeneric dev lo', { tool: 'skep' }),
  line('net attach xdpgeneric pinned /sys/fs/bpf/s/prog dev lo', { tool: 'skep' }),
  line('net show dev lo'),
  line('link show id @id:link:/sys/fs/bpf/s/prog', {
    text: 'Links tell their place',
    without: ['ifindex', 'devname'],
  }),
  line('link detach id @id:link:/sys/fs/bpf/s/prog', { tool: 'bpftool' }),
  line('net show'),
  line('prog load FOLDER/connect.o /sys/fs/bpf/connect', { tool: 'skep' }),
  line('cgroup show CGROUP', { json: 'Nothing is an empty list' }),
  line('cgroup attach CGROUP cgroup_inet4_connect pinned /sys/fs/bpf/connect multi', { tool: 'skep' }),
  line('cgroup show CGROUP', { text: 'LSM hooks of cgroups', json: 'LSM hooks of cgroups' }),
  line('cgroup detach CGROUP connect4 pinned /sys/fs/bpf/connect', { tool: 'bpftool' }),
  line('cgroup attach CGROUP connect4 pinned /sys/fs/bpf/connect', { tool: 'bpftool' }),
  line('cgroup detach CGROUP cgroup_inet4_connect pinned /sys/fs/bpf/connect', { tool: 'skep' }),
  line('cgroup show CGROUP', { json: 'Nothing is an empty list' }),
];

/** A congestion control, registered by one tool and looked at by both. */
const STRUCT_OPS: readonly Step[] = (['bpftool', 'skep'] as const).flatMap((tool, turn) => [
  line('struct_ops register FOLDER/cc.o', { tool }),
  line('struct_ops show name ccPID'),
  line('struct_ops dump name ccPID'),
  line('map show name ccPID'),
  line('map dump name ccPID'),
  line('struct_ops unregister name ccPID', { tool: turn === 0 ? 'skep' : 'bpftool' }),
]);

const ERRORS: readonly Step[] = [
  line('prog show id 4000000', { ...fails }),
  line('map show id 4000000', { ...fails }),
  line('link show id 4000000', { ...fails }),
  line('btf show id 4000000', {}),
  line('prog show pinned /sys/fs/bpf/none', { ...fails }),
  line('map dump pinned /sys/fs/bpf/b/prog', { ...fails, json: 'Errors say more' }),
  line('prog show name none', { ...fails, json: 'Errors say more' }),
  line('btf dump file /dev/null', { ...fails, json: 'Errors say more' }),
];

const OTHERS: readonly Step[] = [
  line('btf dump file FOLDER/kinds.o'),
  line('btf dump file /sys/kernel/btf/vmlinux', { json: 'Unsigned enumerators in JSON' }),
  line('feature probe kernel', {
    text: 'Parameters of the kernel',
    json: 'Helpers that a program type may call',
  }),
  line('feature list_builtins prog_types', { text: 'Newer names', json: 'Newer names' }),
  line('feature list_builtins map_types', { text: 'Newer names', json: 'Newer names' }),
  line('feature list_builtins attach_types', { text: 'Newer names', json: 'Newer names' }),
  line('struct_ops show'),
  line('batch file FOLDER/batch', {}),
  line('version', { text: 'Versions', json: 'Versions' }),
];

export const STEPS: readonly Step[] = [
  line('prog load FOLDER/kinds.o /sys/fs/bpf/b/prog pinmaps /sys/fs/bpf/b/maps', { tool: 'bpftool' }),
  line('prog load FOLDER/kinds.o /sys/fs/bpf/s/prog pinmaps /sys/fs/bpf/s/maps', { tool: 'skep' }),
  line('prog run pinned /sys/fs/bpf/b/prog data_in FOLDER/packet', { tool: 'skep' }),
  line('prog run pinned /sys/fs/bpf/s/prog data_in FOLDER/packet', { tool: 'bpftool' }),
  ...looks(BPFTOOLS),
  ...looks('/sys/fs/bpf/s'),
  ...MAPS,
  ...PLACES,
  ...STRUCT_OPS,
  ...ERRORS,
  ...OTHERS,
];
