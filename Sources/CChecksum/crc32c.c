#include "CChecksum.h"

#include <string.h>

#if defined(__x86_64__)

#include <nmmintrin.h>

bool cc_has_crc32c(void) { return __builtin_cpu_supports("sse4.2"); }

#define WITH_CRC32C __attribute__((target("sse4.2")))
#define EIGHT(state, word) (uint32_t) _mm_crc32_u64(state, word)
#define ONE(state, byte) _mm_crc32_u8(state, byte)

#elif defined(__aarch64__)

#include <arm_acle.h>
#include <sys/auxv.h>

// HWCAP_CRC32, which the header of the same name is not always there for.
bool cc_has_crc32c(void) { return getauxval(AT_HWCAP) & 1 << 7; }

#define WITH_CRC32C __attribute__((target("crc")))
#define EIGHT(state, word) __crc32cd(state, word)
#define ONE(state, byte) __crc32cb(state, byte)

#else

bool cc_has_crc32c(void) { return false; }

#define WITH_CRC32C
#define EIGHT(state, word) (state)
#define ONE(state, byte) (state)

#endif

WITH_CRC32C uint32_t cc_crc32c(uint32_t state, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        state = EIGHT(state, word);
    }
    for (; count > 0; count--) state = ONE(state, *next++);
    return state;
}
