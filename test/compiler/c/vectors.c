typedef int v4 __attribute__((vector_size(16)));
v4 add(v4 a, v4 b) { return a + b * 3; }
int pick(v4 a, int i) { a[1] = i; return __builtin_shufflevector(a, a, 3, 2, 1, 0)[i & 3]; }
v4 masked(v4 a, v4 b) { return (a > b) & a; }
