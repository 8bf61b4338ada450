asm(".globl marker\nmarker:");
int f(void) { return 1; }
