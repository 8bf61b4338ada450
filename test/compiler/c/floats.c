/* Not for BPF, but clang makes bitcode of it: the compiler must be able to say where. */
double constant = 3.25; float narrow = -0.1f;
double scale(double a, float b) { return a * b / 2.0 - (a > b ? 1.5 : a) + (double)(int)b; }
long whole(double a) { return -a + (unsigned)a; }
