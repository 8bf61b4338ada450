static __attribute__((noinline)) int local(int a, int b) { return a * b + 1; }
__attribute__((noinline)) int global(long a, char b, short c, int d, unsigned e) { return a + b + c + d + e; }
static __attribute__((always_inline)) int inlined(int *p, int n) { int s = 0; for (int i = 0; i < n; i++) s += p[i]; return s; }
extern void unknown(void) __attribute__((section(".ksyms")));
extern const int kernel_value __attribute__((section(".ksyms")));
int top(int *p, int n)
{
	int s = local(n, p[0]) + global(n, p[1], p[2], p[3], p[4]) + inlined(p, 16) + inlined(p, n);
	unknown();
	return s + kernel_value;
}
static int recursive(int n) { return n < 2 ? n : recursive(n - 1) + recursive(n - 2); }
int fib(int n) { return recursive(n); }
int __attribute__((cold, noreturn)) fails(void);
__attribute__((const)) int pure_function(int);
__attribute__((pure)) int reader(const int *);
int attributed(int *p) { if (!p) fails(); return pure_function(*p) + reader(p); }
