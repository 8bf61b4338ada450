#ifndef __BPF_CORE_READ_H__
#define __BPF_CORE_READ_H__
/*
 * Reading kernel memory whose layout the loader corrects (CO-RE), under libbpf's names.
 */

/* What clang's __builtin_preserve_*_info are asked for. */
enum bpf_field_info_kind {
	BPF_FIELD_BYTE_OFFSET = 0,
	BPF_FIELD_BYTE_SIZE = 1,
	BPF_FIELD_EXISTS = 2,
	BPF_FIELD_SIGNED = 3,
	BPF_FIELD_LSHIFT_U64 = 4,
	BPF_FIELD_RSHIFT_U64 = 5,
};
enum bpf_type_id_kind {
	BPF_TYPE_ID_LOCAL = 0,
	BPF_TYPE_ID_TARGET = 1,
};
enum bpf_type_info_kind {
	BPF_TYPE_EXISTS = 0,
	BPF_TYPE_SIZE = 1,
	BPF_TYPE_MATCHES = 2,
};
enum bpf_enum_value_kind {
	BPF_ENUMVAL_EXISTS = 0,
	BPF_ENUMVAL_VALUE = 1,
};

#define ___core_pick(_1, _2, _3, _4, _5, _6, _7, _8, _9, n, ...) n
#define ___core_count(args...) ___core_pick(args, 9, 8, 7, 6, 5, 4, 3, 2, 1)
#define ___core_cat_(a, b) a##b
#define ___core_cat(a, b) ___core_cat_(a, b)

/* A field: as an expression, or as a type and a field of it. */
#define ___core_field1(field) (field)
#define ___core_field2(type, field) (((typeof(type) *)0)->field)
#define ___core_field(args...) ___core_cat(___core_field, ___core_count(args))(args)

#define bpf_core_field_exists(field...) __builtin_preserve_field_info(___core_field(field), BPF_FIELD_EXISTS)
#define bpf_core_field_size(field...) __builtin_preserve_field_info(___core_field(field), BPF_FIELD_BYTE_SIZE)
#define bpf_core_field_offset(field...) __builtin_preserve_field_info(___core_field(field), BPF_FIELD_BYTE_OFFSET)
#define bpf_core_type_id_local(type) __builtin_btf_type_id(*(typeof(type) *)0, BPF_TYPE_ID_LOCAL)
#define bpf_core_type_id_kernel(type) __builtin_btf_type_id(*(typeof(type) *)0, BPF_TYPE_ID_TARGET)
#define bpf_core_type_exists(type) __builtin_preserve_type_info(*(typeof(type) *)0, BPF_TYPE_EXISTS)
#define bpf_core_type_matches(type) __builtin_preserve_type_info(*(typeof(type) *)0, BPF_TYPE_MATCHES)
#define bpf_core_type_size(type) __builtin_preserve_type_info(*(typeof(type) *)0, BPF_TYPE_SIZE)
#define bpf_core_enum_value_exists(enum_type, enum_value) \
	__builtin_preserve_enum_value(*(typeof(enum_type) *)enum_value, BPF_ENUMVAL_EXISTS)
#define bpf_core_enum_value(enum_type, enum_value) \
	__builtin_preserve_enum_value(*(typeof(enum_type) *)enum_value, BPF_ENUMVAL_VALUE)

/* One read, of a field's address. */
#define bpf_core_read(dst, sz, src) bpf_probe_read_kernel(dst, sz, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_user(dst, sz, src) bpf_probe_read_user(dst, sz, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_str(dst, sz, src) \
	bpf_probe_read_kernel_str(dst, sz, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_user_str(dst, sz, src) \
	bpf_probe_read_user_str(dst, sz, (const void *)__builtin_preserve_access_index(src))
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __attribute__((section(".ksyms"), weak));
#define bpf_core_cast(ptr, type) ((typeof(type) *)bpf_rdonly_cast((ptr), bpf_core_type_id_kernel(type)))

/* A bit-field, read directly (ctx, trusted pointers) or by probing. */
#define BPF_CORE_READ_BITFIELD(s, field) \
	({ \
		const void *___at = (const void *)(s) + __builtin_preserve_field_info((s)->field, BPF_FIELD_BYTE_OFFSET); \
		unsigned long long ___bits = 0; \
		asm volatile("" : "+r"(___at)); \
		switch (__builtin_preserve_field_info((s)->field, BPF_FIELD_BYTE_SIZE)) { \
		case 1: ___bits = *(const unsigned char *)___at; break; \
		case 2: ___bits = *(const unsigned short *)___at; break; \
		case 4: ___bits = *(const unsigned int *)___at; break; \
		case 8: ___bits = *(const unsigned long long *)___at; break; \
		} \
		___core_extract(___bits, s, field); \
	})
#define BPF_CORE_READ_BITFIELD_PROBED(s, field) \
	({ \
		unsigned long long ___bits = 0; \
		___core_probe_bits(&___bits, s, field); \
		___core_extract(___bits, s, field); \
	})
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ___core_probe_bits(dst, s, field) \
	bpf_probe_read_kernel(dst, __builtin_preserve_field_info((s)->field, BPF_FIELD_BYTE_SIZE), \
			      (const void *)(s) + __builtin_preserve_field_info((s)->field, BPF_FIELD_BYTE_OFFSET))
#else
#define ___core_probe_bits(dst, s, field) \
	bpf_probe_read_kernel((void *)(dst) + 8 - __builtin_preserve_field_info((s)->field, BPF_FIELD_BYTE_SIZE), \
			      __builtin_preserve_field_info((s)->field, BPF_FIELD_BYTE_SIZE), \
			      (const void *)(s) + __builtin_preserve_field_info((s)->field, BPF_FIELD_BYTE_OFFSET))
#endif
#define ___core_extract(bits, s, field) \
	({ \
		bits <<= __builtin_preserve_field_info((s)->field, BPF_FIELD_LSHIFT_U64); \
		if (__builtin_preserve_field_info((s)->field, BPF_FIELD_SIGNED)) \
			bits = ((long long)bits) >> __builtin_preserve_field_info((s)->field, BPF_FIELD_RSHIFT_U64); \
		else \
			bits >>= __builtin_preserve_field_info((s)->field, BPF_FIELD_RSHIFT_U64); \
		bits; \
	})

/*
 * Chains: BPF_CORE_READ(task, mm, exe_file) reads task->mm, then the exe_file of what it points to. `hop` reads each
 * pointer on the way, `last` what is wanted.
 */
#define ___core_chain1(hop, last, dst, src, a) last((void *)(dst), sizeof(*(dst)), &(src)->a)
#define ___core_chain2(hop, last, dst, src, a, b) \
	({ \
		const void *___p; \
		hop(&___p, sizeof(___p), &(src)->a); \
		last((void *)(dst), sizeof(*(dst)), &((typeof((src)->a))___p)->b); \
	})
#define ___core_chain3(hop, last, dst, src, a, b, c) \
	({ \
		const void *___p; \
		hop(&___p, sizeof(___p), &(src)->a); \
		hop(&___p, sizeof(___p), &((typeof((src)->a))___p)->b); \
		last((void *)(dst), sizeof(*(dst)), &((typeof((src)->a->b))___p)->c); \
	})
#define ___core_chain4(hop, last, dst, src, a, b, c, d) \
	({ \
		const void *___p; \
		hop(&___p, sizeof(___p), &(src)->a); \
		hop(&___p, sizeof(___p), &((typeof((src)->a))___p)->b); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b))___p)->c); \
		last((void *)(dst), sizeof(*(dst)), &((typeof((src)->a->b->c))___p)->d); \
	})
#define ___core_chain5(hop, last, dst, src, a, b, c, d, e) \
	({ \
		const void *___p; \
		hop(&___p, sizeof(___p), &(src)->a); \
		hop(&___p, sizeof(___p), &((typeof((src)->a))___p)->b); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b))___p)->c); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c))___p)->d); \
		last((void *)(dst), sizeof(*(dst)), &((typeof((src)->a->b->c->d))___p)->e); \
	})
#define ___core_chain6(hop, last, dst, src, a, b, c, d, e, f) \
	({ \
		const void *___p; \
		hop(&___p, sizeof(___p), &(src)->a); \
		hop(&___p, sizeof(___p), &((typeof((src)->a))___p)->b); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b))___p)->c); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c))___p)->d); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c->d))___p)->e); \
		last((void *)(dst), sizeof(*(dst)), &((typeof((src)->a->b->c->d->e))___p)->f); \
	})
#define ___core_chain7(hop, last, dst, src, a, b, c, d, e, f, g) \
	({ \
		const void *___p; \
		hop(&___p, sizeof(___p), &(src)->a); \
		hop(&___p, sizeof(___p), &((typeof((src)->a))___p)->b); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b))___p)->c); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c))___p)->d); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c->d))___p)->e); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c->d->e))___p)->f); \
		last((void *)(dst), sizeof(*(dst)), &((typeof((src)->a->b->c->d->e->f))___p)->g); \
	})
#define ___core_chain8(hop, last, dst, src, a, b, c, d, e, f, g, h) \
	({ \
		const void *___p; \
		hop(&___p, sizeof(___p), &(src)->a); \
		hop(&___p, sizeof(___p), &((typeof((src)->a))___p)->b); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b))___p)->c); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c))___p)->d); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c->d))___p)->e); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c->d->e))___p)->f); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c->d->e->f))___p)->g); \
		last((void *)(dst), sizeof(*(dst)), &((typeof((src)->a->b->c->d->e->f->g))___p)->h); \
	})
#define ___core_chain9(hop, last, dst, src, a, b, c, d, e, f, g, h, i) \
	({ \
		const void *___p; \
		hop(&___p, sizeof(___p), &(src)->a); \
		hop(&___p, sizeof(___p), &((typeof((src)->a))___p)->b); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b))___p)->c); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c))___p)->d); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c->d))___p)->e); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c->d->e))___p)->f); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c->d->e->f))___p)->g); \
		hop(&___p, sizeof(___p), &((typeof((src)->a->b->c->d->e->f->g))___p)->h); \
		last((void *)(dst), sizeof(*(dst)), &((typeof((src)->a->b->c->d->e->f->g->h))___p)->i); \
	})
#define ___core_type1(src, a) typeof((src)->a)
#define ___core_type2(src, a, b) typeof((src)->a->b)
#define ___core_type3(src, a, b, c) typeof((src)->a->b->c)
#define ___core_type4(src, a, b, c, d) typeof((src)->a->b->c->d)
#define ___core_type5(src, a, b, c, d, e) typeof((src)->a->b->c->d->e)
#define ___core_type6(src, a, b, c, d, e, f) typeof((src)->a->b->c->d->e->f)
#define ___core_type7(src, a, b, c, d, e, f, g) typeof((src)->a->b->c->d->e->f->g)
#define ___core_type8(src, a, b, c, d, e, f, g, h) typeof((src)->a->b->c->d->e->f->g->h)
#define ___core_type9(src, a, b, c, d, e, f, g, h, i) typeof((src)->a->b->c->d->e->f->g->h->i)
#define ___core_chain(hop, last, dst, src, args...) \
	___core_cat(___core_chain, ___core_count(args))(hop, last, dst, src, args)
#define ___core_type(src, args...) ___core_cat(___core_type, ___core_count(args))(src, args)
#define ___core_value(hop, src, args...) \
	({ \
		___core_type(src, args) ___value; \
		___core_chain(hop, hop, &___value, src, args); \
		___value; \
	})

#define BPF_CORE_READ_INTO(dst, src, args...) ___core_chain(bpf_core_read, bpf_core_read, dst, src, args)
#define BPF_CORE_READ_USER_INTO(dst, src, args...) ___core_chain(bpf_core_read_user, bpf_core_read_user, dst, src, args)
#define BPF_PROBE_READ_INTO(dst, src, args...) ___core_chain(bpf_probe_read_kernel, bpf_probe_read_kernel, dst, src, args)
#define BPF_PROBE_READ_USER_INTO(dst, src, args...) ___core_chain(bpf_probe_read_user, bpf_probe_read_user, dst, src, args)
#define BPF_CORE_READ_STR_INTO(dst, src, args...) ___core_chain(bpf_core_read, bpf_core_read_str, dst, src, args)
#define BPF_CORE_READ_USER_STR_INTO(dst, src, args...) \
	___core_chain(bpf_core_read_user, bpf_core_read_user_str, dst, src, args)
#define BPF_PROBE_READ_STR_INTO(dst, src, args...) \
	___core_chain(bpf_probe_read_kernel, bpf_probe_read_kernel_str, dst, src, args)
#define BPF_PROBE_READ_USER_STR_INTO(dst, src, args...) \
	___core_chain(bpf_probe_read_user, bpf_probe_read_user_str, dst, src, args)

#define BPF_CORE_READ(src, args...) ___core_value(bpf_core_read, src, args)
#define BPF_CORE_READ_USER(src, args...) ___core_value(bpf_core_read_user, src, args)
#define BPF_PROBE_READ(src, args...) ___core_value(bpf_probe_read_kernel, src, args)
#define BPF_PROBE_READ_USER(src, args...) ___core_value(bpf_probe_read_user, src, args)
#endif
