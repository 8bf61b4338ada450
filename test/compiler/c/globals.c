/* Globals of every kind and section. */
#define SEC(n) __attribute__((section(n), used))
int zero;
static int hidden_counter;
int answer = 42;
const volatile unsigned configured = 7;
const char text[] = "a \"quoted\" \\ text\n\t\x01\xff";
char unterminated[3] = {'a', 'b', 'c'};
const int table[5] = {1, -2, 3, -4, 2147483647};
const unsigned long long wide[] = {0, 0xffffffffffffffffULL, 0x8000000000000000ULL};
struct pair { char tag; int value; struct pair *next; const char *name; };
struct pair second = {'b', 2, 0, "two"};
struct pair first = {'a', 1, &second, text + 2};
struct pair list[3] = {[1] = {'x', 5, &list[2], 0}};
int *inside = &list[1].value;
int (*callback)(int);
static int twice(int x) { return x * 2; }
int (*table_of_functions[2])(int) = {twice, 0};
char license[] SEC("license") = "GPL";
__attribute__((weak)) int maybe;
__attribute__((visibility("hidden"))) int concealed = 3;
__attribute__((aligned(64))) char aligned[10];
union both { int i; char c[8]; } u = {.c = "abc"};
struct __attribute__((packed)) tight { char a; long b; } packed = {1, 2};
unsigned long address = (unsigned long)&answer;
int use(int x)
{
	static int calls;
	calls++;
	hidden_counter += x;
	return zero + hidden_counter + *inside + configured + callback(calls) + maybe +
	       table[x & 3] + first.next->value + table_of_functions[x & 1](4) + packed.b + u.i + concealed + aligned[x];
}
