int classify(int x, int y)
{
	if (x > 10 && y < -5)
		return 1;
	if ((unsigned)x > 20u || y == x)
		return x ? 2 : 3;
	return x < y ? x : y;
}
_Bool is_small(unsigned long long v) { return v <= 0xffffffffULL; }
