#define _GNU_SOURCE
#include "CTerminal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGQUIT, SIGSYS};
static const int notice_signals[] = {SIGWINCH, SIGTSTP, SIGCONT};
static const int program_signals[] = {SIGINT, SIGTERM, SIGHUP};
enum {
    FATAL_COUNT = sizeof fatal_signals / sizeof *fatal_signals,
    NOTICE_COUNT = sizeof notice_signals / sizeof *notice_signals,
    PROGRAM_COUNT = sizeof program_signals / sizeof *program_signals,
};

// Written before the handlers are installed, read by them.
static struct sigaction previous[NSIG];
static struct sigaction program_previous[PROGRAM_COUNT];
static bool installed[NSIG];
static atomic_bool handling;
static atomic_int notices;

static bool faults_again(int signal, const siginfo_t *info) {
    return info->si_code > 0 && (signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE);
}

static void on_fatal(int signal, siginfo_t *info, void *context) {
    ct_restore();
    struct sigaction *before = &previous[signal];
    sigaction(signal, before, NULL);
    if (before->sa_flags & SA_SIGINFO) {
        before->sa_sigaction(signal, info, context);
    } else if (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN) {
        before->sa_handler(signal);
    }
    // On return a fault happens again at the same instruction, now with the action from before. Other signals have to
    // be sent again; this one is blocked until the handler returns.
    if (!faults_again(signal, info)) {
        struct sigaction action = {.sa_handler = SIG_DFL};
        sigaction(signal, &action, NULL);
        raise(signal);
    }
}

static void on_notice(int signal) {
    int error = errno;
    atomic_fetch_or(&notices, signal == SIGWINCH ? CT_RESIZED : signal == SIGTSTP ? CT_STOP : CT_CONTINUED);
    ct_wake_for_notice();
    errno = error;
}

// A stack for the handlers, in case that what is wrong is the stack. It is this thread's, and is never freed.
static void make_signal_stack(void) {
    stack_t now;
    if (sigaltstack(NULL, &now) == 0 && (now.ss_flags & SS_DISABLE)) {
        size_t size = 64 * 1024;
        void *memory = malloc(size);
        if (memory) {
            stack_t next = {.ss_sp = memory, .ss_size = size};
            sigaltstack(&next, NULL);
        }
    }
}

static void install(int signal, struct sigaction *action) {
    if (sigaction(signal, NULL, &previous[signal]) < 0) {
        return;
    }
    bool ignored = !(previous[signal].sa_flags & SA_SIGINFO) && previous[signal].sa_handler == SIG_IGN;
    if (ignored && (signal == SIGQUIT || signal == SIGTSTP)) {
        return;
    }
    installed[signal] = sigaction(signal, action, NULL) == 0;
}

void ct_install_handlers(void) {
    if (atomic_exchange(&handling, true)) {
        return;
    }
    make_signal_stack();
    // The mask stays empty: a full one would keep another handler in the chain from pausing the other threads.
    struct sigaction fatal = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    struct sigaction notice = {.sa_handler = on_notice, .sa_flags = SA_RESTART | SA_ONSTACK};
    for (int i = 0; i < FATAL_COUNT; i++) {
        install(fatal_signals[i], &fatal);
    }
    for (int i = 0; i < NOTICE_COUNT; i++) {
        install(notice_signals[i], &notice);
    }
}

static void put_back(int signal, bool fatal) {
    struct sigaction now;
    if (!installed[signal] || sigaction(signal, NULL, &now) < 0) {
        return;
    }
    installed[signal] = false;
    // Someone who came later keeps the signal; who is gone already is not called back.
    bool ours = fatal ? (now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_fatal : now.sa_handler == on_notice;
    if (ours) {
        sigaction(signal, &previous[signal], NULL);
    }
}

void ct_remove_handlers(void) {
    if (!atomic_exchange(&handling, false)) {
        return;
    }
    for (int i = 0; i < FATAL_COUNT; i++) {
        put_back(fatal_signals[i], true);
    }
    for (int i = 0; i < NOTICE_COUNT; i++) {
        put_back(notice_signals[i], false);
    }
}

void ct_keep_program_handlers(void) {
    for (int i = 0; i < PROGRAM_COUNT; i++) {
        sigaction(program_signals[i], NULL, &program_previous[i]);
    }
}

void ct_put_back_program_handlers(void) {
    for (int i = 0; i < PROGRAM_COUNT; i++) {
        sigaction(program_signals[i], &program_previous[i], NULL);
    }
}

int ct_take_notices(void) { return atomic_exchange(&notices, 0); }

void ct_drop_notices(int which) { atomic_fetch_and(&notices, ~which); }

void ct_stop(bool group) {
    if (!installed[SIGTSTP]) {
        return;
    }
    struct sigaction before, ignore = {.sa_handler = SIG_IGN}, standard = {.sa_handler = SIG_DFL};
    sigaction(SIGTSTP, &ignore, &before);
    if (group) {
        // The others of the job first: a shell sees a job as stopped when all of it is.
        kill(0, SIGTSTP);
    }
    // SIGTSTP and not SIGSTOP: where nobody could continue this process the system leaves it running.
    sigset_t one, mask;
    sigemptyset(&one);
    sigaddset(&one, SIGTSTP);
    sigaction(SIGTSTP, &standard, NULL);
    pthread_sigmask(SIG_UNBLOCK, &one, &mask);
    raise(SIGTSTP);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGTSTP, &before, NULL);
}
