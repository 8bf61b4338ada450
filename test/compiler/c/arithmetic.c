/* All integer operations in all widths, signed and unsigned. */
typedef signed char s8; typedef unsigned char u8; typedef short s16; typedef unsigned short u16;
typedef unsigned int u32; typedef long long s64; typedef unsigned long long u64;
u64 unsigned_ops(u64 a, u64 b) { return (a + b) * (a - b) / (b | 1) % (a | 3) ^ (a << (b & 63)) ^ (a >> (b & 63)); }
s64 signed_ops(s64 a, s64 b) { return (a + b) * (a - b) + (a >> (b & 63)) - (-a); }
u32 narrow(u8 a, s8 b, u16 c, s16 d) { return (u32)(a * b + c * d) ^ (u32)(s8)(c >> 3) ^ (u16)(a << 7); }
int exact(long *p, long *q) { return (int)(p - q); }
