# Built by build.sh.
.text
.globl main
.type main,@function
main:
	r1 = 7
	call f
	exit
.type f,@function
f:
	r0 = r1
	r0 += 1
	exit
