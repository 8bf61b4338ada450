#ifndef __BPF_ENDIAN__
#define __BPF_ENDIAN__
/*
 * Byte order of the network and of the machine. All are constant expressions when their argument is one.
 */
#define __bpf_swab16(x) __builtin_bswap16(x)
#define __bpf_swab32(x) __builtin_bswap32(x)
#define __bpf_swab64(x) __builtin_bswap64(x)
#define ___bpf_swab16(x) __builtin_bswap16(x)
#define ___bpf_swab32(x) __builtin_bswap32(x)
#define ___bpf_swab64(x) __builtin_bswap64(x)

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ___skep_be(bits, x) __builtin_bswap##bits(x)
#define ___skep_le(bits, x) ((__UINT##bits##_TYPE__)(x))
#else
#define ___skep_be(bits, x) ((__UINT##bits##_TYPE__)(x))
#define ___skep_le(bits, x) __builtin_bswap##bits(x)
#endif

#define bpf_htons(x) ___skep_be(16, x)
#define bpf_ntohs(x) ___skep_be(16, x)
#define bpf_htonl(x) ___skep_be(32, x)
#define bpf_ntohl(x) ___skep_be(32, x)
#define bpf_cpu_to_be16(x) ___skep_be(16, x)
#define bpf_cpu_to_be32(x) ___skep_be(32, x)
#define bpf_cpu_to_be64(x) ___skep_be(64, x)
#define bpf_be16_to_cpu(x) ___skep_be(16, x)
#define bpf_be32_to_cpu(x) ___skep_be(32, x)
#define bpf_be64_to_cpu(x) ___skep_be(64, x)
#define bpf_cpu_to_le16(x) ___skep_le(16, x)
#define bpf_cpu_to_le32(x) ___skep_le(32, x)
#define bpf_cpu_to_le64(x) ___skep_le(64, x)
#define bpf_le16_to_cpu(x) ___skep_le(16, x)
#define bpf_le32_to_cpu(x) ___skep_le(32, x)
#define bpf_le64_to_cpu(x) ___skep_le(64, x)

/* The names that linux/in.h and asm/byteorder.h have for them. */
#define __bpf_htons(x) bpf_htons(x)
#define __bpf_ntohs(x) bpf_ntohs(x)
#define __bpf_htonl(x) bpf_htonl(x)
#define __bpf_ntohl(x) bpf_ntohl(x)
#define __bpf_constant_htons(x) bpf_htons(x)
#define __bpf_constant_ntohs(x) bpf_ntohs(x)
#define __bpf_constant_htonl(x) bpf_htonl(x)
#define __bpf_constant_ntohl(x) bpf_ntohl(x)
#endif
