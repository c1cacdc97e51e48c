// What restore.c and guard.c know of each other.
#ifndef TREETOP_RESTORE_H
#define TREETOP_RESTORE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

enum { RESTORE_CAPACITY = 1024 };

// How the terminal was, and what gives that back; in memory that this process and its guard share.
typedef struct {
    // Whether the terminal is as the program has made it.
    atomic_bool changed;
    struct termios before, during;
    bool has_before, has_during;
    // Two buffers: a reader reads the one that `current` names while the next is written to the other.
    char bytes[2][RESTORE_CAPACITY];
    size_t count[2];
    atomic_int current;
} ct_looks;

/// What ncurses writes goes to this descriptor from now on. Whether it does.
bool ct_send_output_to(int descriptor);
/// What ncurses writes goes to the terminal again, or nowhere if that was given back.
void ct_send_output_to_terminal(void);
/// Writes as ncurses does.
ssize_t ct_write_output(const char *bytes, size_t count);

/// Starts the guard: a child process that calls `give_back` once this process is gone. Where none is to be had, the
/// program goes without.
void ct_guard_start(void (*give_back)(void), const int *kept, int count);
/// Ends the guard, which does nothing then. Safe in a signal handler.
void ct_guard_end(void);

#endif
