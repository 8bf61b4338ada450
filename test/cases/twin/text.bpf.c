/* Numbers and text. */
#include "twin.h"

#define NUMBERS(X) \
	X("42") X("  -17 rest") X("0x1fG") X("0X") X("0xg") X("010") X("08") X("+5") X("") X(" ") X("-") X("\t\n-0x10") \
	X("9223372036854775807") X("9223372036854775808") X("-9223372036854775808") X("-9223372036854775809") \
	X("18446744073709551615") X("18446744073709551616") X("99999999999999999999999") X("abc") X("7f\240") X("\2407") \
	X("000000000000000000000000000000000000000000000000000000000000000000000000000017")

static int at;

static __noinline void read_number(const char *text, u32 size, u64 flags)
{
	s64 number = 99;
	u64 plain = 99;

	if (at > 60)
		return;
	out[at & 63] = bpf_strtol(text, size, flags, (long *)&number);
	out[(at + 1) & 63] = number;
	out[(at + 2) & 63] = bpf_strtoul(text, size, flags, (unsigned long *)&plain);
	out[(at + 3) & 63] = plain;
	at += 4;
}

#define BASE(name, number) \
	SEC("tc") int name(struct __sk_buff *skb) \
	{ \
		u64 base = number; \
		NUMBERS(MIXED) \
		out[63] = mixed; \
		return 0; \
	}

/* More results than there is room for: each call's are mixed into two words. */
static u64 mixed;

static __noinline void mix_number(const char *text, u32 size, u64 flags)
{
	s64 number = 99;
	u64 plain = 99;
	long taken = bpf_strtol(text, size, flags, (long *)&number);
	long taken_plain = bpf_strtoul(text, size, flags, (unsigned long *)&plain);

	mixed = mixed * 31 + taken;
	mixed = mixed * 31 + number;
	mixed = mixed * 31 + taken_plain;
	mixed = mixed * 31 + plain;
	if (at < 60) {
		out[at & 63] = ((u64)taken << 32) ^ number;
		out[(at + 1) & 63] = ((u64)taken_plain << 32) ^ plain;
		at += 2;
	}
}

#define MIXED(text) { char buffer[] = text; mix_number(buffer, sizeof(buffer) - (sizeof(buffer) > 1), base); }

BASE(base_of_the_prefix, 0)
BASE(base_8, 8)
BASE(base_10, 10)
BASE(base_16, 16)

SEC("tc") int bad_bases(struct __sk_buff *skb)
{
	char text[] = "12";

	read_number(text, 2, 2);
	read_number(text, 2, 36);
	read_number(text, 2, 64);
	return 0;
}

char text[128];

SEC("tc") int prints(struct __sk_buff *skb)
{
	char name[] = "eth0";
	u64 args[] = { -5, 0xabcdef, (long)name, 'c', 12345678901234 };
	u8 address[] = { 10, 0, 200, 7 };
	u64 more[] = { (long)address, 3 };

	out[0] = bpf_snprintf(text, sizeof(text), "%d %x %s %c %llu", args, sizeof(args));
	out[1] = bpf_snprintf(text + 64, 16, "%pI4|%05d", more, sizeof(more));
	out[2] = bpf_snprintf(text + 90, 5, "longer than that", NULL, 0);
	out[3] = bpf_snprintf(text + 100, 1, "x%d", more + 1, 8);
	out[4] = bpf_snprintf(NULL, 0, "counted %d", more + 1, 8);
	return 0;
}

SEC("tc") int compares(struct __sk_buff *skb)
{
	char a[8] = "abcdef";

	out[0] = bpf_strncmp(a, 6, "abcdef");
	out[1] = bpf_strncmp(a, 3, "abd");
	out[2] = bpf_strncmp(a, 8, "abcdefg");
	out[3] = bpf_strncmp(a, 8, "ab");
	return 0;
}
