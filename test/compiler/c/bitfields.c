struct flags { unsigned a : 3; unsigned b : 13; int c : 5; unsigned long long d : 40; _Bool e : 1; } f;
unsigned long get(struct flags *p) { return p->a + p->b * 2 + p->c + p->d + p->e; }
void set(struct flags *p, int v) { p->a = v; p->b = v >> 1; p->c = -v; p->d = (unsigned long long)v << 20; p->e = !v; }
