//go:build amd64 && !purego

#include "textflag.h"

// SHA-256 of two messages side by side, by the processor's own instructions for it.
// Each of these waits for the one before; two messages do not wait for each other.
//
// A lane holds its state in two registers as the instructions want it, ABEF and CDGH,
// and sixteen words of its message in four, each of which becomes the one four later.

DATA rounds<>+0(SB)/8, $0x71374491428a2f98
DATA rounds<>+8(SB)/8, $0xe9b5dba5b5c0fbcf
DATA rounds<>+16(SB)/8, $0x59f111f13956c25b
DATA rounds<>+24(SB)/8, $0xab1c5ed5923f82a4
DATA rounds<>+32(SB)/8, $0x12835b01d807aa98
DATA rounds<>+40(SB)/8, $0x550c7dc3243185be
DATA rounds<>+48(SB)/8, $0x80deb1fe72be5d74
DATA rounds<>+56(SB)/8, $0xc19bf1749bdc06a7
DATA rounds<>+64(SB)/8, $0xefbe4786e49b69c1
DATA rounds<>+72(SB)/8, $0x240ca1cc0fc19dc6
DATA rounds<>+80(SB)/8, $0x4a7484aa2de92c6f
DATA rounds<>+88(SB)/8, $0x76f988da5cb0a9dc
DATA rounds<>+96(SB)/8, $0xa831c66d983e5152
DATA rounds<>+104(SB)/8, $0xbf597fc7b00327c8
DATA rounds<>+112(SB)/8, $0xd5a79147c6e00bf3
DATA rounds<>+120(SB)/8, $0x1429296706ca6351
DATA rounds<>+128(SB)/8, $0x2e1b213827b70a85
DATA rounds<>+136(SB)/8, $0x53380d134d2c6dfc
DATA rounds<>+144(SB)/8, $0x766a0abb650a7354
DATA rounds<>+152(SB)/8, $0x92722c8581c2c92e
DATA rounds<>+160(SB)/8, $0xa81a664ba2bfe8a1
DATA rounds<>+168(SB)/8, $0xc76c51a3c24b8b70
DATA rounds<>+176(SB)/8, $0xd6990624d192e819
DATA rounds<>+184(SB)/8, $0x106aa070f40e3585
DATA rounds<>+192(SB)/8, $0x1e376c0819a4c116
DATA rounds<>+200(SB)/8, $0x34b0bcb52748774c
DATA rounds<>+208(SB)/8, $0x4ed8aa4a391c0cb3
DATA rounds<>+216(SB)/8, $0x682e6ff35b9cca4f
DATA rounds<>+224(SB)/8, $0x78a5636f748f82ee
DATA rounds<>+232(SB)/8, $0x8cc7020884c87814
DATA rounds<>+240(SB)/8, $0xa4506ceb90befffa
DATA rounds<>+248(SB)/8, $0xc67178f2bef9a3f7
GLOBL rounds<>(SB), RODATA|NOPTR, $256

// what a hash begins with, as a lane holds it
DATA begin<>+0(SB)/8, $0x510e527f9b05688c
DATA begin<>+8(SB)/8, $0x6a09e667bb67ae85
DATA begin<>+16(SB)/8, $0x1f83d9ab5be0cd19
DATA begin<>+24(SB)/8, $0x3c6ef372a54ff53a
GLOBL begin<>(SB), RODATA|NOPTR, $32

// the bytes of each word the other way round
DATA flip<>+0(SB)/8, $0x0405060700010203
DATA flip<>+8(SB)/8, $0x0c0d0e0f08090a0b
GLOBL flip<>(SB), RODATA|NOPTR, $16

// TAKE reads sixteen bytes of a message.
#define TAKE(from, at, m) \
	MOVOU  at(from), m \
	PSHUFB X15, m

// FOUR does four rounds with the words in m, of which X0 is for the instruction.
#define FOUR(k, m, abef, cdgh) \
	MOVO        m, X0                 \
	PADDD       rounds<>+k(SB), X0    \
	SHA256RNDS2 X0, abef, cdgh        \
	PSHUFD      $0x0e, X0, X0         \
	SHA256RNDS2 X0, cdgh, abef

// NEXT ends the words that come after those in m, whose making has begun.
#define NEXT(before, m, after, t) \
	MOVO       m, t          \
	PALIGNR    $4, before, t \
	PADDD      t, after      \
	SHA256MSG2 m, after

// BOTH does four rounds of each lane with its words m, n.
#define BOTH(k, m, n) \
	FOUR(k, m, X1, X2) \
	FOUR(k, n, X8, X9)

// MORE is BOTH and makes words of each lane: those after m, and what it can of those
// that come after b, before m.
#define MORE(k, b, m, a, c, n, d) \
	BOTH(k, m, n)        \
	NEXT(b, m, a, X7)    \
	NEXT(c, n, d, X14)   \
	SHA256MSG1 m, b      \
	SHA256MSG1 n, c

// func sumPair(sums *[2]Hash, first, second *byte, blocks int)
TEXT ·sumPair(SB), NOSPLIT, $64-32
	MOVQ sums+0(FP), DI
	MOVQ first+8(FP), SI
	MOVQ second+16(FP), DX
	MOVQ blocks+24(FP), CX
	MOVOU flip<>+0(SB), X15
	MOVOU begin<>+0(SB), X1
	MOVOU begin<>+16(SB), X2
	MOVO X1, X8
	MOVO X2, X9

block:
	MOVOU X1, 0(SP)
	MOVOU X2, 16(SP)
	MOVOU X8, 32(SP)
	MOVOU X9, 48(SP)
	TAKE(SI, 0, X3)
	TAKE(DX, 0, X10)
	BOTH(0, X3, X10)
	TAKE(SI, 16, X4)
	TAKE(DX, 16, X11)
	BOTH(16, X4, X11)
	SHA256MSG1 X4, X3
	SHA256MSG1 X11, X10
	TAKE(SI, 32, X5)
	TAKE(DX, 32, X12)
	BOTH(32, X5, X12)
	SHA256MSG1 X5, X4
	SHA256MSG1 X12, X11
	TAKE(SI, 48, X6)
	TAKE(DX, 48, X13)
	MORE(48, X5, X6, X3, X12, X13, X10)
	MORE(64, X6, X3, X4, X13, X10, X11)
	MORE(80, X3, X4, X5, X10, X11, X12)
	MORE(96, X4, X5, X6, X11, X12, X13)
	MORE(112, X5, X6, X3, X12, X13, X10)
	MORE(128, X6, X3, X4, X13, X10, X11)
	MORE(144, X3, X4, X5, X10, X11, X12)
	MORE(160, X4, X5, X6, X11, X12, X13)
	MORE(176, X5, X6, X3, X12, X13, X10)
	MORE(192, X6, X3, X4, X13, X10, X11)
	BOTH(208, X4, X11)
	NEXT(X3, X4, X5, X7)
	NEXT(X10, X11, X12, X14)
	BOTH(224, X5, X12)
	NEXT(X4, X5, X6, X7)
	NEXT(X11, X12, X13, X14)
	BOTH(240, X6, X13)
	MOVOU 0(SP), X3
	MOVOU 16(SP), X4
	MOVOU 32(SP), X5
	MOVOU 48(SP), X6
	PADDD X3, X1
	PADDD X4, X2
	PADDD X5, X8
	PADDD X6, X9
	ADDQ $64, SI
	ADDQ $64, DX
	DECQ CX
	JNZ  block

	// from ABEF and CDGH to the bytes of ABCD and EFGH
	PSHUFD  $0x1b, X1, X3
	PSHUFD  $0xb1, X2, X4
	MOVO    X3, X1
	PBLENDW $0xf0, X4, X1
	PALIGNR $8, X3, X4
	PSHUFB  X15, X1
	PSHUFB  X15, X4
	MOVOU   X1, 0(DI)
	MOVOU   X4, 16(DI)
	PSHUFD  $0x1b, X8, X3
	PSHUFD  $0xb1, X9, X4
	MOVO    X3, X8
	PBLENDW $0xf0, X4, X8
	PALIGNR $8, X3, X4
	PSHUFB  X15, X8
	PSHUFB  X15, X4
	MOVOU   X8, 32(DI)
	MOVOU   X4, 48(DI)
	RET

// func instructions() (shuffles, hashes uint32)
TEXT ·instructions(SB), NOSPLIT, $0-8
	MOVL $0, shuffles+0(FP)
	MOVL $0, hashes+4(FP)
	MOVL $0, AX
	MOVL $0, CX
	CPUID
	CMPL AX, $7
	JLT  none
	MOVL $7, AX
	MOVL $0, CX
	CPUID
	MOVL BX, hashes+4(FP)
	MOVL $1, AX
	MOVL $0, CX
	CPUID
	MOVL CX, shuffles+0(FP)

none:
	RET
