int original(int x) { return x + 1; }
int other(int x) __attribute__((alias("original")));
int data = 4;
int use(void) { return other(data); }
