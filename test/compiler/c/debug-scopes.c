static int helper(int x) { int doubled = x * 2; { int inner = doubled + 1; return inner * doubled; } }
int outer(int n)
{
	int sum = 0;
	for (int i = 0; i < n; i++) {
		int part = helper(i);
		if (part > 10) { long block = part; sum += block; }
	}
label:
	if (sum > 1000) { sum -= 1000; goto label; }
	return sum;
}
