// Addresses and offsets in the engine's memory: one list for the AssemblyScript runtime, the JIT and TypeScript.
// Only plain numeric constants may stand here, because both compilers read this file.

/** Below this address memory is zero and is never written. */
export const SYSTEM_BASE = 65536;
/** Bytes of the system area: allocator state, clock, counts. The per-CPU areas follow it. */
export const SYSTEM_SIZE = 16384;

/** u32: the allocator's spin lock. */
export const SYS_ALLOC_LOCK = 65536;
/** u32: address of the allocator's last block, a sentinel of no size; 0 before the first allocation. */
export const SYS_HEAP_SENTINEL = 65540;
/** u32: where the heap starts. */
export const SYS_HEAP_START = 65544;
/** u32: number of CPUs. */
export const SYS_CPUS = 65548;
/** u32: 1 once a second instance shares the memory; spin locks are taken only then. */
export const SYS_THREADED = 65552;
/** u32: 1 when the clock stands still at `SYS_CLOCK_NS`. */
export const SYS_CLOCK_PINNED = 65556;
/** u64: nanoseconds since boot that a pinned clock shows. */
export const SYS_CLOCK_NS = 65560;
/** u64: socket cookies given so far. */
export const SYS_SOCK_COOKIES = 67840;
/** u32: bytes in allocated blocks, headers included. */
export const SYS_USED = 65568;
/** u32: bit i is set when size class i of the allocator has a free block. */
export const SYS_FIRST_LEVEL = 65572;
/** u32[32]: the same for the 16 sub-classes of each class. */
export const SYS_SECOND_LEVEL = 65600;
/** u32[32 × 16]: first free block of each sub-class. */
export const SYS_FREE_LISTS = 65792;

/** First per-CPU area; CPU i has the one at `CPU_AREAS + i * CPU_AREA_SIZE`. */
export const CPU_AREAS = 81920;
export const CPU_AREA_SIZE = 65536;
/** u32 */
export const CPU_ID = 0;
/** u32: tail calls made in the current run. */
export const CPU_TAIL_CALLS = 4;
/** u64: `bpf_get_current_pid_tgid`: tgid << 32 | pid. */
export const CPU_PID_TGID = 8;
/** u64: gid << 32 | uid. */
export const CPU_UID_GID = 16;
/** 16 bytes, zero-terminated. */
export const CPU_COMM = 24;
/** u64: state of the pseudo-random generator, never 0. */
export const CPU_RANDOM = 40;
/** u32: device that the last redirect helper named. */
export const CPU_REDIRECT_IFINDEX = 48;
/** u32: its flags. */
export const CPU_REDIRECT_FLAGS = 52;
/** In it: to the device's peer, to a neighbour, to the neighbour at `CPU_REDIRECT_HOP`. Linux's own bits. */
export const REDIRECT_PEER = 0x20000;
export const REDIRECT_NEIGH = 0x10000;
export const REDIRECT_NEXTHOP = 0x40000;
/** `struct bpf_redir_neigh`: u32 family, and an address. */
export const CPU_REDIRECT_HOP = 80;
/** u64: id of the current task's cgroup. */
export const CPU_CGROUP = 56;
/** u32: id of the map that the last bpf_redirect_map named, 0 when it found nothing; and the key. */
export const CPU_REDIRECT_MAP = 64;
export const CPU_REDIRECT_KEY = 68;
/** i32: what the call that cgroup programs run for returns so far. */
export const CPU_RETVAL = 72;
/** The BPF stack is what lies from here to the end of the area; it grows down. */
export const CPU_STACK_LOW = 8192;

/** Header of every map. */
export const MAP_TYPE = 0;
export const MAP_KEY_SIZE = 4;
export const MAP_VALUE_SIZE = 8;
export const MAP_MAX_ENTRIES = 12;
export const MAP_FLAGS = 16;
/** u32: bytes from an element to the next one. Arrays: the value's size rounded up to 8. */
export const MAP_STRIDE = 20;
/** u32: address of the first value (arrays) or element (hashes that preallocate). */
export const MAP_VALUES = 24;
/** u32: bytes from a value of one CPU to the same value of the next; 0 unless per-CPU. */
export const MAP_CPU_STRIDE = 28;
/** u32: entries in a hash. */
export const MAP_COUNT = 32;
/** u32: address of the buckets, 8 bytes each. */
export const MAP_BUCKETS = 36;
/** u32: number of buckets - 1. */
export const MAP_BUCKET_MASK = 40;
/** u32: from an element to its value. */
export const MAP_VALUE_OFFSET = 44;
/** u32: spin lock of the free list. */
export const MAP_FREE_LOCK = 48;
/** u32: first free element, 0 when there is none. */
export const MAP_FREE = 52;
/** u64: entries that an LRU map threw out to make room. */
export const MAP_EVICTIONS = 56;
/** u32: elements of a hash, in use or free. */
export const MAP_CAPACITY = 64;
/** u32: where the search for the next victim goes on: an element's index. */
export const MAP_CLOCK_HAND = 68;
/** u32: blocks of elements of a hash that does not preallocate, linked by their first word. */
export const MAP_CHUNKS = 72;
/** u32: bytes that the map takes, its header included. */
export const MAP_BYTES = 76;
/** u64: updates refused because the map was full. */
export const MAP_REFUSALS = 80;
/** u32: map id, for events and messages. */
export const MAP_ID = 88;
export const MAP_HEADER_SIZE = 128;

/** Ring buffers keep these where hashes keep their free list and counts. `MAP_REFUSALS` counts records without room. */
/** u32: spin lock of the writers. */
export const RB_LOCK = 92;
/** u64: bytes ever read, written, and written without a gap of records that are not committed. */
export const RB_CONSUMER = 96;
export const RB_PRODUCER = 104;
export const RB_PENDING = 112;
/** u32: readers that wait until `RB_WAKEUPS` changes. */
export const RB_WAITERS = 120;
/** u32: times that a reader was to be woken. */
export const RB_WAKEUPS = 124;
/** Bytes of a record's header, and the bits in its first word. */
export const RB_HEADER = 8;
export const RB_BUSY = 0x80000000;
export const RB_DISCARD = 0x40000000;
export const RB_MAX_RECORD = 0x3fffffff;

/** Tries: u32 address of the root node, and the spin lock of the writers. */
export const LPM_ROOT = 92;
export const LPM_LOCK = 96;
/** A node: two u32 addresses, for the next bit 0 and 1. */
export const LPM_CHILDREN = 0;
/** u32: prefix length, and `LPM_INTERMEDIATE` for a node that is no entry, only a fork. */
export const LPM_PREFIX = 8;
/** u32: the first four bytes of the prefix, big-endian. */
export const LPM_HEAD = 12;
export const LPM_DATA = 16;
export const LPM_INTERMEDIATE = 0x80000000;

/** Queues and stacks: u32 number of the oldest value's slot, and their spin lock. `MAP_COUNT` values follow it. */
export const QUEUE_FIRST = 92;
export const QUEUE_LOCK = 96;

/** Bloom filters: u32 number of bits - 1, and the number of hash functions. */
export const BLOOM_MASK = 92;
export const BLOOM_HASHES = 96;

/** A bucket: address of its first element, or an end mark; then its spin lock. */
export const BUCKET_HEAD = 0;
export const BUCKET_LOCK = 4;
export const BUCKET_SIZE = 8;
/** An element of a hash. A chain ends with an odd number: bucket << 1 | 1. */
export const ELEM_NEXT = 0;
export const ELEM_HASH = 4;
/** u32: 0 free, else `ELEM_USED`, and `ELEM_REFERENCED` in LRU maps. */
export const ELEM_STATE = 8;
/** u32: the next free element. Not ELEM_NEXT, which a reader without a lock may still be following. */
export const ELEM_FREE_NEXT = 12;
export const ELEM_KEY = 16;
export const ELEM_USED = 1;
export const ELEM_REFERENCED = 2;
/**
 * The hash of a 4-byte key: p = u64(key) * HASH_MULTIPLIER; hash = u32(p) ^ u32(p >> 32); bucket = hash & mask.
 */
export const HASH_MULTIPLIER = 0x9e3779b1;

/** An element of a program array: the program's slot in the function table (0: empty), then the program's id. */
export const PROG_SLOT = 0;
export const PROG_ID = 4;
export const PROG_STRIDE = 8;

/** An element of a perf event array: address of its ring, 0 without a reader. */
export const PERF_STRIDE = 8;
/** u32: bytes of data, a power of two. */
export const RING_CAPACITY = 0;
/** u32: bytes ever written, modulo 2^32. */
export const RING_HEAD = 4;
/** u32: bytes ever read, modulo 2^32. */
export const RING_TAIL = 8;
/** u32: the CPU that may write. */
export const RING_CPU = 12;
/** u64: records that found no room. */
export const RING_LOST = 16;
/** u64: records written. */
export const RING_WRITTEN = 24;
export const RING_DATA = 32;

/** `struct xdp_md` and what the engine keeps behind it. All u32; the addresses are offsets in the memory. */
export const XDP_DATA = 0;
export const XDP_DATA_END = 4;
export const XDP_DATA_META = 8;
export const XDP_INGRESS_IFINDEX = 12;
export const XDP_RX_QUEUE_INDEX = 16;
export const XDP_EGRESS_IFINDEX = 20;
/** Address of the first byte of the frame's headroom. */
export const XDP_HARD_START = 24;
/** Address after the last byte that the packet may grow to. */
export const XDP_FRAME_END = 28;
export const XDP_CTX_SIZE = 64;
/** Linux gives XDP programs this much room before the packet, of which the frame's own header takes 40. */
export const XDP_HEADROOM = 256;
export const XDP_FRAME_HEADER = 40;

/** `struct __sk_buff` and what the engine keeps behind it. */
export const SKB_LEN = 0;
export const SKB_PKT_TYPE = 4;
export const SKB_MARK = 8;
export const SKB_QUEUE_MAPPING = 12;
export const SKB_PROTOCOL = 16;
export const SKB_VLAN_PRESENT = 20;
export const SKB_VLAN_TCI = 24;
export const SKB_VLAN_PROTO = 28;
export const SKB_PRIORITY = 32;
export const SKB_INGRESS_IFINDEX = 36;
export const SKB_IFINDEX = 40;
export const SKB_TC_INDEX = 44;
export const SKB_CB = 48;
export const SKB_HASH = 68;
export const SKB_TC_CLASSID = 72;
export const SKB_DATA = 76;
export const SKB_DATA_END = 80;
export const SKB_NAPI_ID = 84;
export const SKB_FAMILY = 88;
export const SKB_REMOTE_IP4 = 92;
export const SKB_LOCAL_IP4 = 96;
export const SKB_REMOTE_IP6 = 100;
export const SKB_LOCAL_IP6 = 116;
export const SKB_REMOTE_PORT = 132;
export const SKB_LOCAL_PORT = 136;
export const SKB_DATA_META = 140;
export const SKB_FLOW_KEYS = 144;
export const SKB_TSTAMP = 152;
export const SKB_WIRE_LEN = 160;
export const SKB_GSO_SEGS = 164;
export const SKB_SK = 168;
export const SKB_GSO_SIZE = 176;
export const SKB_TSTAMP_TYPE = 180;
export const SKB_HWTSTAMP = 184;
/** u32: address of the first byte of the headroom. */
export const SKB_HEAD = 192;
/** u32: address after the last byte of the tailroom. */
export const SKB_END = 196;
/** u32: address of the link-layer header. */
export const SKB_MAC_HEADER = 200;
/** u32: address of the network header. */
export const SKB_NETWORK_HEADER = 204;
/** u32: a block that helpers took to make the packet longer; freed with the skb. */
export const SKB_BLOCK = 208;
/** u32: CHECKSUM_NONE 0, UNNECESSARY 1, COMPLETE 2; and how many checksums were found right, less one. */
export const SKB_IP_SUMMED = 212;
export const SKB_CSUM_LEVEL = 216;
/** u32: 1 when `hash` was set, also to 0. */
export const SKB_HASH_SET = 220;
/** u32: 1 once an outer header was put in front. */
export const SKB_ENCAPSULATION = 224;
export const SKB_CTX_SIZE = 256;
/** The kernel's own `struct sk_buff` of a packet of the world lies behind its context, in so many bytes. */
export const SKB_KERNEL_SIZE = 1024;

/** A socket: `struct bpf_sock`, and what the engine keeps behind it. Addresses are in network order, `src_port` is not. */
export const SOCK_BOUND_DEV_IF = 0;
export const SOCK_FAMILY = 4;
export const SOCK_TYPE = 8;
export const SOCK_PROTOCOL = 12;
export const SOCK_MARK = 16;
export const SOCK_PRIORITY = 20;
export const SOCK_SRC_IP4 = 24;
export const SOCK_SRC_IP6 = 28;
export const SOCK_SRC_PORT = 44;
export const SOCK_DST_PORT = 48;
export const SOCK_DST_IP4 = 52;
export const SOCK_DST_IP6 = 56;
export const SOCK_STATE = 72;
export const SOCK_RX_QUEUE_MAPPING = 76;
/** u64: 0 until somebody asks for it. */
export const SOCK_COOKIE = 80;
/** u32: the owner's user id. */
export const SOCK_UID = 88;
/** u64: the id of its cgroup, and the cookie of its network namespace. */
export const SOCK_CGROUP = 96;
export const SOCK_NETNS = 104;
/** Its `struct bpf_tcp_sock`, 96 bytes. */
export const SOCK_TCP = 112;
export const SOCK_SIZE = 256;
/** The kernel's own `struct sock` of a simulated socket lies behind it, in so many bytes. */
export const SOCK_KERNEL_SIZE = 4096;

/** BPF_MAP_TYPE_* of the map types that the runtime implements. */
export const MAP_HASH = 1;
export const MAP_ARRAY = 2;
export const MAP_PROG_ARRAY = 3;
export const MAP_PERF_EVENT_ARRAY = 4;
export const MAP_PERCPU_HASH = 5;
export const MAP_PERCPU_ARRAY = 6;
export const MAP_LRU_HASH = 9;
export const MAP_LRU_PERCPU_HASH = 10;
export const MAP_LPM_TRIE = 11;
export const MAP_ARRAY_OF_MAPS = 12;
export const MAP_HASH_OF_MAPS = 13;
export const MAP_CGROUP_ARRAY = 8;
export const MAP_DEVMAP = 14;
export const MAP_CPUMAP = 16;
export const MAP_XSKMAP = 17;
export const MAP_QUEUE = 22;
export const MAP_SK_STORAGE = 24;
export const MAP_DEVMAP_HASH = 25;
export const MAP_STACK = 23;
export const MAP_RINGBUF = 27;
export const MAP_BLOOM_FILTER = 30;

/** BPF_F_NO_PREALLOC */
export const F_NO_PREALLOC = 1;

/** Results of runtime functions: negated errno. */
export const ENOENT = 2;
export const E2BIG = 7;
export const ENOMEM = 12;
export const EAGAIN = 11;
export const EFAULT = 14;
export const EEXIST = 17;
export const EINVAL = 22;
export const ENOSPC = 28;
export const EOPNOTSUPP = 95;
export const EACCES = 13;
export const ENOTSUPP = 524;
export const EALREADY = 114;
export const ERANGE = 34;
export const EBUSY = 16;
export const EPERM = 1;
export const ENODEV = 19;

/** Behind `struct bpf_sysctl`, all u32: addresses of the file's name, of its value and of the one being written. */
export const SYSCTL_NAME = 8;
export const SYSCTL_CURRENT = 12;
export const SYSCTL_CURRENT_SIZE = 16;
export const SYSCTL_FRESH = 20;
export const SYSCTL_FRESH_SIZE = 24;
