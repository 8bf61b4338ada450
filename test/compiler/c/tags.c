#define user __attribute__((btf_type_tag("user")))
#define tag(x) __attribute__((btf_decl_tag(x)))
struct tag("record") tagged { int tag("field") a; int user *p; };
int tag("global") g;
int tag("function") reads(struct tagged *t, int tag("argument") n) { return *t->p + n + g; }
int user *pointer;
