// FLAGS: --target=bpfeb
/* The same program, for a big-endian machine. */
#include "syn_count.c"
struct bits {
	__u32 low : 3;
	__s32 mid : 7;
	__u64 wide;
};
struct bits shared_bits = { 5, -3, 1 };
