// A small child process that gives the terminal back where the program cannot: after SIGKILL, and where the stack of a
// thread overflows whose signal handlers have no stack of their own.
//
// It shares nothing with the program but a page and a pipe, whose end tells it that the program is gone. It is a copy
// of the program as it was before it grew, and runs only what is safe in a signal handler.
#define _GNU_SOURCE
#include "CTerminal.h"
#include "restore.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_int guard;
static int lifeline = -1;

// Keeps these descriptors under their numbers and closes all others: nobody waits for an end of a pipe because of us.
static void close_all_but(const int *kept, int count) {
    int from = 0;
    for (;;) {
        int next = -1;
        for (int i = 0; i < count; i++) {
            if (kept[i] >= from && (next < 0 || kept[i] < next)) {
                next = kept[i];
            }
        }
        unsigned last = next < 0 ? ~0U : (unsigned)next - 1;
        if (next != from && syscall(SYS_close_range, from, last, 0) < 0) {
            for (int descriptor = from; descriptor < 1024 && (unsigned)descriptor <= last; descriptor++) {
                close(descriptor);
            }
        }
        if (next < 0) {
            return;
        }
        from = next + 1;
    }
}

static void keep_watch(int pipe, void (*give_back)(void), const int *kept, int count) {
    // In a session of its own: what the terminal and the shell do to the program's group is not meant for it. Under
    // another name: who kills the program by its name does not mean it either.
    setsid();
    prctl(PR_SET_NAME, "terminal-guard");
    int all[8] = {pipe};
    int many = 1;
    for (int i = 0; i < count && many < 8; i++) {
        all[many++] = kept[i];
    }
    close_all_but(all, many);
    char byte;
    while (read(pipe, &byte, 1) < 0 && errno == EINTR) {
    }
    give_back();
    _exit(0);
}

void ct_guard_start(void (*give_back)(void), const int *kept, int count) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) {
        return;
    }
    // All are blocked from its first instruction on, and stay so.
    sigset_t all, mask;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &mask);
    pid_t child = fork();
    if (child == 0) {
        keep_watch(ends[0], give_back, kept, count);
    }
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    close(ends[0]);
    if (child < 0) {
        close(ends[1]);
        return;
    }
    lifeline = ends[1];
    atomic_store(&guard, child);
}

void ct_guard_end(void) {
    pid_t child = atomic_exchange(&guard, 0);
    if (child == 0) {
        return;
    }
    close(lifeline);
    // It ends at once. Should somebody have stopped it, it must not hold up the end of the program.
    for (int i = 0; i < 500 && waitpid(child, NULL, WNOHANG) == 0; i++) {
        poll(NULL, 0, 1);
    }
}
