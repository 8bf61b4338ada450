typedef unsigned __int128 u128;
u128 multiply(unsigned long long a, unsigned long long b) { return (u128)a * b; }
unsigned long long high(unsigned long long a, unsigned long long b) { return (u128)a * b >> 64; }
u128 big = ((u128)0x0123456789abcdefULL << 64) | 0xfedcba9876543210ULL;
enum huge { LOW = -5, HIGH = 0x7fffffffffffffffLL } e;
enum unsigned_huge { TOP = 0xffffffffffffffffULL } h;
long sum(void) { return e + h; }
