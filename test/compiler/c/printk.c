typedef unsigned int u32; typedef unsigned long long u64;
static long (*printk)(const char *fmt, u32 size, ...) = (void *)6;
static long (*vprintk)(const char *fmt, u32 size, const void *data, u32 len) = (void *)177;
#define say(f, ...) ({ static const char t[] = f; printk(t, sizeof t, ##__VA_ARGS__); })
extern int outside(int, ...);
int report(int a, u64 b, const char *c)
{
	char fmt[] = "on the stack %d\n";
	printk(fmt, sizeof fmt, a);
	say("two %d %llu\n", a, b);
	say("none\n");
	u64 args[] = {a, b, (u64)c};
	vprintk("%d %llu %s", 12, args, sizeof args);
	return outside(1, b, c, (char)a);
}
