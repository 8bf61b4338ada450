#ifndef __SKEP_ASM_BYTEORDER_H
#define __SKEP_ASM_BYTEORDER_H
#include <linux/types.h>
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#ifndef __LITTLE_ENDIAN
#define __LITTLE_ENDIAN 1234
#endif
#ifndef __LITTLE_ENDIAN_BITFIELD
#define __LITTLE_ENDIAN_BITFIELD
#endif
#define ___order_be(bits, x) __builtin_bswap##bits(x)
#define ___order_le(bits, x) ((__u##bits)(x))
#else
#ifndef __BIG_ENDIAN
#define __BIG_ENDIAN 4321
#endif
#ifndef __BIG_ENDIAN_BITFIELD
#define __BIG_ENDIAN_BITFIELD
#endif
#define ___order_be(bits, x) ((__u##bits)(x))
#define ___order_le(bits, x) __builtin_bswap##bits(x)
#endif
#define __constant_htons(x) ((__be16)___order_be(16, x))
#define __constant_ntohs(x) ___order_be(16, (__u16)(x))
#define __constant_htonl(x) ((__be32)___order_be(32, x))
#define __constant_ntohl(x) ___order_be(32, (__u32)(x))
#define __cpu_to_be16(x) ((__be16)___order_be(16, x))
#define __be16_to_cpu(x) ___order_be(16, (__u16)(x))
#define __constant_cpu_to_be16(x) ((__be16)___order_be(16, x))
#define __constant_be16_to_cpu(x) ___order_be(16, (__u16)(x))
#define __cpu_to_be32(x) ((__be32)___order_be(32, x))
#define __be32_to_cpu(x) ___order_be(32, (__u32)(x))
#define __constant_cpu_to_be32(x) ((__be32)___order_be(32, x))
#define __constant_be32_to_cpu(x) ___order_be(32, (__u32)(x))
#define __cpu_to_be64(x) ((__be64)___order_be(64, x))
#define __be64_to_cpu(x) ___order_be(64, (__u64)(x))
#define __constant_cpu_to_be64(x) ((__be64)___order_be(64, x))
#define __constant_be64_to_cpu(x) ___order_be(64, (__u64)(x))
#define __cpu_to_le16(x) ((__le16)___order_le(16, x))
#define __le16_to_cpu(x) ___order_le(16, (__u16)(x))
#define __constant_cpu_to_le16(x) ((__le16)___order_le(16, x))
#define __constant_le16_to_cpu(x) ___order_le(16, (__u16)(x))
#define __cpu_to_le32(x) ((__le32)___order_le(32, x))
#define __le32_to_cpu(x) ___order_le(32, (__u32)(x))
#define __constant_cpu_to_le32(x) ((__le32)___order_le(32, x))
#define __constant_le32_to_cpu(x) ___order_le(32, (__u32)(x))
#define __cpu_to_le64(x) ((__le64)___order_le(64, x))
#define __le64_to_cpu(x) ___order_le(64, (__u64)(x))
#define __constant_cpu_to_le64(x) ((__le64)___order_le(64, x))
#define __constant_le64_to_cpu(x) ___order_le(64, (__u64)(x))
#endif
