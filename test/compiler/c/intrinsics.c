typedef unsigned long long u64; typedef unsigned int u32; typedef unsigned short u16;
u64 swap(u64 a, u32 b, u16 c) { return __builtin_bswap64(a) + __builtin_bswap32(b) + __builtin_bswap16(c); }
int bits(u64 a, u32 b) { return __builtin_clzll(a) + __builtin_ctz(b) + __builtin_popcountll(a) + __builtin_ffs(b); }
int overflow(int a, int b, int *r) { return __builtin_add_overflow(a, b, r) | __builtin_mul_overflow(a, 3, r); }
u64 rotate(u64 a, int n) { return (a << (n & 63)) | (a >> (-n & 63)); }
long smaller(long a, long b) { return a < b ? a : b; }
u32 larger(u32 a, u32 b) { return a > b ? a : b; }
int absolute(int a) { return a < 0 ? -a : a; }
int likely(int a) { if (__builtin_expect(a, 0)) return 5; return __builtin_constant_p(a); }
void blocks(char *a, const char *b, int n)
{
	__builtin_memcpy(a, b, 37);
	__builtin_memset(a + 40, 0, 24);
	__builtin_memmove(a, a + 3, 16);
}
void never(int x) { if (x) __builtin_unreachable(); __builtin_trap(); }
void assume(int *p, int n) { __builtin_assume(n > 0); *p = n >= 0; }
