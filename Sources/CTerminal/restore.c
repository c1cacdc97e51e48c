// Everything from ct_restore down to it runs inside signal handlers: only async-signal-safe calls.
#define _GNU_SOURCE
#include "CTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum { IDLE, TAKEN, RESTORING, RESTORED };
enum { RESTORE_CAPACITY = 1024, ERRORS_LARGE = 1 << 20, ERRORS_KEPT = 1 << 16 };

// Written by ct_take before `state` becomes TAKEN, constant until ct_release.
static pid_t owner;
static int screen_fd = -1, tty_fd = -1, null_fd = -1, errors_fd = -1, real_errors_fd = -1;
static struct termios modes;
static bool has_modes;
static atomic_int state = IDLE;

// Two buffers: a handler reads the one that `current` names while the next is written to the other.
static char restore_bytes[2][RESTORE_CAPACITY];
static size_t restore_count[2];
static atomic_int current;

static void close_descriptor(int *descriptor) {
    if (*descriptor >= 0) {
        close(*descriptor);
        *descriptor = -1;
    }
}

static void give_back_at_exit(void) { ct_give_back(); }

static bool capture(void) {
    real_errors_fd = ct_copy_descriptor(STDERR_FILENO);
    errors_fd = memfd_create("standard error", MFD_CLOEXEC);
    if (real_errors_fd < 0 || errors_fd < 0 || fcntl(errors_fd, F_SETFL, O_APPEND) < 0 ||
        dup2(errors_fd, STDERR_FILENO) < 0) {
        close_descriptor(&real_errors_fd);
        close_descriptor(&errors_fd);
        return false;
    }
    return true;
}

int ct_take(int screen, int tty, bool capture_errors) {
    static atomic_bool registered;
    int expected = IDLE;
    if (!atomic_compare_exchange_strong(&state, &expected, RESTORING)) {
        return EBUSY;
    }
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    null_fd = null < 0 ? -1 : ct_copy_descriptor(null);
    if (null >= 0) {
        close(null);
    }
    tty_fd = ct_copy_descriptor(tty);
    if (null_fd < 0 || tty_fd < 0) {
        int error = errno;
        atomic_store(&state, RESTORED);
        ct_release();
        return error;
    }
    screen_fd = screen;
    owner = getpid();
    has_modes = tcgetattr(tty_fd, &modes) == 0;
    if (capture_errors) {
        capture();
    }
    if (!atomic_exchange(&registered, true)) {
        atexit(give_back_at_exit);
    }
    atomic_store(&state, TAKEN);
    return 0;
}

void ct_set_restore_bytes(const char *bytes, size_t count) {
    int next = 1 - atomic_load(&current);
    if (count >= RESTORE_CAPACITY) {
        count = RESTORE_CAPACITY - 1;
    }
    memcpy(restore_bytes[next], bytes, count);
    restore_count[next] = count;
    atomic_store(&current, next);
}

void ct_release(void) {
    int expected = RESTORED;
    if (!atomic_compare_exchange_strong(&state, &expected, RESTORING)) {
        return;
    }
    screen_fd = -1;
    close_descriptor(&tty_fd);
    close_descriptor(&null_fd);
    close_descriptor(&errors_fd);
    close_descriptor(&real_errors_fd);
    ct_set_restore_bytes("", 0);
    atomic_store(&state, IDLE);
}

bool ct_is_taken(void) { return atomic_load(&state) == TAKEN; }

// Only the last part is kept, and only the thread that owns the screen calls this: a writer appends meanwhile at worst
// in between, and loses a line of a flood.
void ct_trim_errors(void) {
    static char kept[ERRORS_KEPT];
    struct stat status;
    if (errors_fd < 0 || fstat(errors_fd, &status) < 0 || status.st_size <= ERRORS_LARGE) {
        return;
    }
    ssize_t count = pread(errors_fd, kept, sizeof kept, status.st_size - ERRORS_KEPT);
    if (count <= 0 || ftruncate(errors_fd, 0) < 0) {
        return;
    }
    static const char note[] = "[earlier messages dropped]\n";
    (void)!write(errors_fd, note, sizeof note - 1);
    (void)!write(errors_fd, kept, (size_t)count);
}

bool ct_in_foreground(int tty) {
    pid_t group = tcgetpgrp(tty);
    return group < 0 || group == getpgrp();
}

// A terminal that takes nothing any more (a stalled connection) must not hold up the end of the program.
static void write_all(int descriptor, const char *bytes, size_t count) {
    while (count > 0) {
        struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
        int found = poll(&ready, 1, 300);
        if (found == 0 || (found < 0 && errno != EINTR)) {
            return;
        }
        ssize_t written = found < 0 ? -1 : write(descriptor, bytes, count);
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        } else if (found > 0 && errno != EINTR && errno != EAGAIN) {
            return;
        }
    }
}

static void replay_errors(void) {
    if (errors_fd < 0) {
        return;
    }
    dup2(real_errors_fd, STDERR_FILENO);
    struct stat status;
    if (fstat(errors_fd, &status) < 0) {
        return;
    }
    off_t from = status.st_size > ERRORS_LARGE ? status.st_size - ERRORS_LARGE : 0;
    char part[2048];
    ssize_t count;
    while ((count = pread(errors_fd, part, sizeof part, from)) > 0) {
        write_all(STDERR_FILENO, part, (size_t)count);
        from += count;
    }
}

static void restore_terminal(void) {
    dup2(null_fd, screen_fd);
    if (ct_in_foreground(tty_fd)) {
        int which = atomic_load(&current);
        write_all(tty_fd, restore_bytes[which], restore_count[which]);
        if (has_modes) {
            tcsetattr(tty_fd, TCSANOW, &modes);
        }
    }
    replay_errors();
}

void ct_restore(void) {
    if (atomic_load(&state) == IDLE || owner != getpid()) {
        return;
    }
    int error = errno, expected = TAKEN;
    if (atomic_compare_exchange_strong(&state, &expected, RESTORING)) {
        restore_terminal();
        atomic_store(&state, RESTORED);
    } else {
        // Another thread is at it; who returns from here may end the process.
        for (int i = 0; i < 100 && atomic_load(&state) == RESTORING; i++) {
            poll(NULL, 0, 5);
        }
    }
    errno = error;
}

void ct_give_back(void) {
    if (atomic_load(&state) == IDLE || owner != getpid()) {
        return;
    }
    ct_restore();
    ct_remove_handlers();
}
