/* What may be missing from the kernel: its address is compared with nothing. */
extern int elsewhere __attribute__((weak));
extern int weak(int) __attribute__((weak));
extern const int kernel_value __attribute__((section(".ksyms"), weak));
int use(int s)
{
	if (weak) s += weak(s);
	return s + (&elsewhere ? elsewhere : 0) + (&kernel_value != 0);
}
