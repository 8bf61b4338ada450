/* What may_goto and cond_break are made of. */
int until(int *p, int n)
{
	int s = 0;
	for (int i = 0; i < n; i++) {
		asm goto("goto %l[out]" : : "r"(i) : : out);
		s += p[i];
	}
out:
	return s;
}
