#define arena __attribute__((address_space(1)))
struct elem { int value; struct elem arena *next; };
int arena counter;
int walk(struct elem arena *e) { int s = 0; while (e) { s += e->value; e = e->next; } counter += s; return s; }
void *generic(struct elem arena *e) { return (void *)e; }
