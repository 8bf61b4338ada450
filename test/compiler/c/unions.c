union value { unsigned long long u; double d; struct { unsigned lo, hi; }; unsigned char bytes[8]; };
unsigned swap(union value v) { unsigned t = v.lo; v.lo = v.hi; v.hi = t; return v.bytes[3]; }
union value stored = {.hi = 7};
