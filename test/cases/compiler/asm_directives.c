#include "case.h"
/* Instructions spelled as bytes, as is done for assemblers that do not know them: rN = 40; goto out. */
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 n = p[0];
	asm volatile(".byte 0xb7;"
		     ".ifc %0, r0; .byte 0x00; .endif;"
		     ".ifc %0, r1; .byte 0x01; .endif;"
		     ".ifc %0, r2; .byte 0x02; .endif;"
		     ".ifc %0, r3; .byte 0x03; .endif;"
		     ".ifc %0, r4; .byte 0x04; .endif;"
		     ".ifc %0, r5; .byte 0x05; .endif;"
		     ".ifc %0, r6; .byte 0x06; .endif;"
		     ".ifc %0, r7; .byte 0x07; .endif;"
		     ".ifc %0, r8; .byte 0x08; .endif;"
		     ".ifc %0, r9; .byte 0x09; .endif;"
		     ".short 0; .long 40" : "=r"(n));
	if (p[1] > 3)
		asm goto("1: .byte 0x05; .byte 0; .long ((%l[out] - 1b - 8) / 8) & 0xffff; .short 0" :::: out);
	return n + p[2];
out:
	return n;
}
