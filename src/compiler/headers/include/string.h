#ifndef __SKEP_STRING_H
#define __SKEP_STRING_H
/* What clang makes code of where it stands, when sizes are constants. There is no library to call. */
#include <stddef.h>
void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *at, int byte, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
void *memchr(const void *at, int byte, size_t bytes);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t bytes);
char *strcpy(char *to, const char *from);
char *strncpy(char *to, const char *from, size_t bytes);
char *strchr(const char *text, int byte);
char *strstr(const char *text, const char *part);
#endif
