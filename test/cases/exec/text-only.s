# llvm-mc -triple bpfel -mcpu=v4 -filetype=obj -o text-only.bpf.o text-only.s
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
