volatile int port;
int read_twice(void) { return port + port; }
void write(int v) { port = v; *(volatile char *)0x1000 = v; }
