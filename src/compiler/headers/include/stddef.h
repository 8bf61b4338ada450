#ifndef __SKEP_STDDEF_H
#define __SKEP_STDDEF_H
/* vmlinux.h has size_t and wchar_t of its own. */
#ifndef __VMLINUX_H__
typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef __WCHAR_TYPE__ wchar_t;
#endif
#ifndef NULL
#define NULL ((void *)0)
#endif
#ifndef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif
#endif
