typedef unsigned long long u64;
u64 operands(u64 a, u64 b)
{
	u64 r;
	asm volatile("%[r] = %[a]\n\t%[r] += %[b]" : [r] "=&r"(r) : [a] "r"(a), [b] "ri"(b) : "memory");
	asm("%0 = be64 %0" : "+r"(r));
	return r;
}
void memory(u64 *p, u64 v) { asm volatile("lock *(u64 *)(%0 + 0) += %1" : : "r"(p), "r"(v) : "memory", "r0", "r9"); }
void through(u64 *p) { asm volatile("" : "=m"(*p)); asm volatile("" : : "m"(*p)); asm volatile("" : "+m"(*p)); }
void barrier(void) { asm volatile("" ::: "memory"); }
__attribute__((naked)) int naked(void)
{
	asm volatile("r0 = 0;"
		     "if r1 > 7 goto 1f;"
		     "r0 = 1;"
		     "1: exit;" ::: "r0");
}
