extern void use(void *);
void dynamic(int n) { char buf[n]; use(buf); use(__builtin_alloca(n * 2)); }
void escaping(void) { int a = 1; struct { long x, y; } s = {2, 3}; use(&a); use(&s); }
