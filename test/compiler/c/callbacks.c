static long (*loop)(unsigned n, void *fn, void *ctx, unsigned long long flags) = (void *)181;
static int step(unsigned index, void *ctx) { *(int *)ctx += index; return index > 100; }
int run(void) { int s = 0; loop(200, step, &s, 0); return s; }
