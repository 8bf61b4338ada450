#ifndef __SKEP_STDBOOL_H
#define __SKEP_STDBOOL_H
#if !defined(__STDC_VERSION__) || __STDC_VERSION__ < 202311L
#ifndef __VMLINUX_H__
#define bool _Bool
#define true 1
#define false 0
#endif
#endif
#define __bool_true_false_are_defined 1
#endif
