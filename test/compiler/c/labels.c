int machine(const char *p)
{
start:
	switch (*p++) {
	case 'a': goto start;
	case 'b': goto middle;
	case 0: goto done;
	}
	return -1;
middle:
	if (*p == 'c') { p++; goto start; }
done:
	return *p;
}
