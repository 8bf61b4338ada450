// FLAGS: -g0
/* No program section: the functions of .text are the programs. */
static __attribute__((noinline)) int twice(int x)
{
	asm volatile("" : "+r"(x));
	return x * 2;
}
int entry(void *mem)
{
	return twice(21);
}
