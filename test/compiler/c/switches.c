int dense(int x)
{
	switch (x) {
	case 0: return 7;
	case 1: return 11;
	case 2: return 3;
	case 3: return 19;
	case 4: return 23;
	default: return -1;
	}
}
extern int side(int);
long sparse(unsigned long long x)
{
	switch (x) {
	case 1: return side(1);
	case 100: return side(3) + 1;
	case 0x100000000ULL: return side(5) * 2;
	case 0xffffffffffffffffULL: side(9);
	case 77 ... 80: return side(2);
	}
	return 0;
}
