// The instruction that processors have for CRC-32C, which Swift cannot see.
#ifndef TREETOP_CCHECKSUM_H
#define TREETOP_CCHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether this processor has it.
bool cc_has_crc32c(void);
/// The state of a checksum that goes on by so many bytes. Only where the processor has it.
uint32_t cc_crc32c(uint32_t state, const void *bytes, size_t count);

#endif
