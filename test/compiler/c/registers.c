/* A named register: metadata as the argument of an intrinsic. */
register unsigned long frame asm("r10");
unsigned long get(void) { return frame; }
