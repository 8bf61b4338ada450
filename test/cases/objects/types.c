// ALSO: types_big_endian --target=bpfeb
/* Types that are hard to write back as C. */
#include "prelude.h"

struct forward;
typedef struct forward *forward_ptr;
typedef int (*compare_fn)(const struct forward *, const void *, ...);
typedef int matrix[2][3];
typedef struct {
	int x;
	forward_ptr next;
} anonymous_t;

enum color { RED, GREEN = 5, BLUE = -1 };
enum wide { SMALL = 1, HUGE = 0x123456789abcdefULL };
enum tiny { ONE = 1 } __attribute__((packed));

struct packed_one {
	char a;
	int b;
	__u64 c;
} __attribute__((packed));

struct bits {
	__u32 a : 3;
	__s32 b : 7;
	__u32 : 6;
	__u32 c : 16;
	__u64 d : 40;
	enum color e : 8;
	_Bool f : 1;
};

struct aligned_one {
	char a;
	__u64 b __attribute__((aligned(32)));
	char tail;
} __attribute__((aligned(64)));

union either {
	int i;
	float f;
	char text[12];
	struct {
		short lo, hi;
	};
};

struct everything {
	struct everything *self;
	volatile int *const volatile_ptr;
	const char *restrict name;
	compare_fn compare;
	void (*(*table)[4])(int);
	matrix m;
	anonymous_t inside;
	union either u;
	struct {
		int in_anonymous;
		union {
			long deep;
			enum tiny t;
		};
	};
	struct packed_one p;
	struct bits b;
	struct aligned_one al;
	enum wide w;
	__int128 big;
	_Bool yes;
	char comm[16];
	struct {
		int q;
	} named_inner[2];
	unsigned char flexible[];
};

struct sample {
	enum color color;
	enum wide wide;
	struct bits bits;
	union either either;
	char comm[16];
	__u8 mac[6];
	_Bool yes;
	signed char small;
	__s64 negative;
	void *pointer;
	double ratio;
	struct packed_one packed[2];
};

struct everything *everything;
struct sample sample = {
	.color = BLUE,
	.wide = HUGE,
	.bits = { .a = 5, .b = -3, .c = 0xbeef, .d = 0x123456789aULL, .e = GREEN, .f = 1 },
	.either = { .text = "hello" },
	.comm = "swapper/0",
	.mac = { 1, 2, 3, 4, 5, 255 },
	.yes = 1,
	.small = -7,
	.negative = -1234567890123LL,
	.ratio = 0.5,
	.packed = { { 1, 2, 3 }, { 4, -5, 6 } },
};
