#define _GNU_SOURCE
#include "CTerminal.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

static atomic_int descriptor = -1;
static atomic_bool woken;

// Never closed: a late wake must not write into a descriptor that has become something else.
int ct_wake_descriptor(void) {
    int known = atomic_load(&descriptor);
    if (known >= 0) {
        return known;
    }
    int made = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (made >= 0 && !atomic_compare_exchange_strong(&descriptor, &known, made)) {
        close(made);
        return known;
    }
    return made;
}

void ct_wake_for_notice(void) {
    int target = atomic_load(&descriptor);
    if (target >= 0) {
        int error = errno;
        uint64_t one = 1;
        (void)!write(target, &one, sizeof one);
        errno = error;
    }
}

void ct_wake(void) {
    if (!atomic_exchange(&woken, true)) {
        ct_wake_for_notice();
    }
}

bool ct_take_wake(void) {
    uint64_t count;
    int target = atomic_load(&descriptor);
    if (target >= 0) {
        (void)!read(target, &count, sizeof count);
    }
    return atomic_exchange(&woken, false);
}
