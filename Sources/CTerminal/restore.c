// Everything from ct_restore down to it runs inside signal handlers: only async-signal-safe calls.
#define _GNU_SOURCE
#include "CTerminal.h"
#include "restore.h"

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
enum { ERRORS_LARGE = 1 << 20, ERRORS_KEPT = 1 << 16 };

// Written by ct_take before `state` becomes TAKEN, constant until ct_release.
static pid_t owner;
static int screen_fd = -1, tty_fd = -1, null_fd = -1, errors_fd = -1, real_errors_fd = -1;
static atomic_int state = IDLE;

// Made by the first ct_take, and kept: a handler may look at any time.
static ct_looks *looks;

static void close_descriptor(int *descriptor) {
    if (*descriptor >= 0) {
        close(*descriptor);
        *descriptor = -1;
    }
}

static void give_back_at_exit(void) { ct_give_back(); }

static void give_back_for_the_dead(void);

static bool make_looks(void) {
    if (!looks) {
        void *memory =
            mmap(NULL, sizeof(ct_looks), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        looks = memory == MAP_FAILED ? NULL : memory;
    }
    return looks;
}

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

int ct_take(int screen, bool capture_errors) {
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
    tty_fd = ct_copy_descriptor(screen);
    if (null_fd < 0 || tty_fd < 0 || !make_looks()) {
        int error = errno;
        atomic_store(&state, RESTORED);
        ct_release();
        return error;
    }
    screen_fd = screen;
    owner = getpid();
    looks->has_before = tcgetattr(tty_fd, &looks->before) == 0;
    looks->has_during = false;
    if (capture_errors) {
        capture();
    }
    atomic_store(&looks->changed, true);
    ct_guard_start(give_back_for_the_dead, (int[]){tty_fd, errors_fd, real_errors_fd}, 3);
    if (!atomic_exchange(&registered, true)) {
        atexit(give_back_at_exit);
    }
    atomic_store(&state, TAKEN);
    return 0;
}

void ct_set_restore_bytes(const char *bytes, size_t count) {
    int next = 1 - atomic_load(&looks->current);
    if (count > RESTORE_CAPACITY) {
        count = RESTORE_CAPACITY;
    }
    memcpy(looks->bytes[next], bytes, count);
    looks->count[next] = count;
    atomic_store(&looks->current, next);
}

void ct_keep_modes(void) { looks->has_during = tcgetattr(tty_fd, &looks->during) == 0; }

void ct_set_changed(bool changed) { atomic_store(&looks->changed, changed); }

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

bool ct_send(const char *bytes, size_t count) {
    if (!ct_is_taken()) {
        return false;
    }
    write_all(screen_fd, bytes, count);
    return true;
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
    if (looks) {
        ct_set_restore_bytes("", 0);
    }
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

// The modes first: who sees the last of the bytes finds all as it was.
static void write_back(bool with_modes) {
    if (with_modes && looks->has_before) {
        tcsetattr(tty_fd, TCSANOW, &looks->before);
    }
    int which = atomic_load(&looks->current);
    write_all(tty_fd, looks->bytes[which], looks->count[which]);
}

bool ct_send_output_to(int descriptor) { return dup3(descriptor, screen_fd, O_CLOEXEC) >= 0; }

void ct_send_output_to_terminal(void) {
    ct_send_output_to(tty_fd);
    // Whoever gave the terminal back meanwhile had done this before.
    if (!ct_is_taken()) {
        ct_send_output_to(null_fd);
    }
}

ssize_t ct_write_output(const char *bytes, size_t count) { return write(screen_fd, bytes, count); }

static void restore_terminal(void) {
    ct_send_output_to(null_fd);
    if (ct_in_foreground(tty_fd)) {
        write_back(true);
    }
    replay_errors();
    ct_set_changed(false);
    ct_guard_end();
}

static bool are_as_the_program_left_them(const struct termios *now) {
    const struct termios *during = &looks->during;
    return now->c_iflag == during->c_iflag && now->c_oflag == during->c_oflag && now->c_cflag == during->c_cflag &&
           now->c_lflag == during->c_lflag;
}

// What the guard does. A shell may have taken the terminal for itself already: its modes are left alone.
static void give_back_for_the_dead(void) {
    if (!atomic_load(&looks->changed)) {
        return;
    }
    struct termios now;
    write_back(!looks->has_during || (tcgetattr(tty_fd, &now) == 0 && are_as_the_program_left_them(&now)));
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
