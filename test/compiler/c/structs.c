struct inner { short a; char b[3]; };
struct outer { struct inner in[2]; union { int i; float *p; } u; struct outer *next; };
void copy(struct outer *to, const struct outer *from) { *to = *from; }
void clear(struct outer *o) { *o = (struct outer){}; }
int pick(struct outer o, int i) { return o.in[i & 1].a + o.in[1].b[2] + o.u.i; }
struct inner make(int x) { struct inner r = {x, {1, 2, 3}}; return r; }
struct small { int a, b; };
struct small swap(struct small s) { return (struct small){s.b, s.a}; }
int chain(struct outer *o) { return o->next->next->in[1].b[1]; }
