int dispatch(const unsigned char *code, int x)
{
	static const void *const labels[] = {&&add, &&twice, &&stop};
	goto *labels[*code];
add:
	x += 3; code++; goto *labels[*code];
twice:
	x *= 2; code++; goto *labels[*code];
stop:
	return x;
}
