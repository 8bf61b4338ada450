enum color { RED, GREEN = 5, BLUE } current = BLUE;
enum __attribute__((packed)) tiny { A, B = 200 } t;
const char *name(enum color c) { return c == RED ? "red" : c == GREEN ? "green" : "blue"; }
int next(void) { return current++ + t; }
