int sum(const int *v, int n)
{
	int s = 0;
	for (int i = 0; i < n; i++)
		s += v[i];
	return s;
}
unsigned nested(unsigned n)
{
	unsigned x = 0;
	for (unsigned i = 0; i < n; i++) {
		unsigned j = i;
		while (j) {
			if (j == 13) break;
			if (j & 1) { j >>= 2; continue; }
			x ^= j--;
		}
		do x += i; while (x & 4);
	}
	return x;
}
int unrolled(const unsigned char *p)
{
	int s = 0;
#pragma unroll
	for (int i = 0; i < 8; i++) s = s * 31 + p[i];
	return s;
}
