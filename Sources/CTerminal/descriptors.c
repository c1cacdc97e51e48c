#define _GNU_SOURCE
#include "CTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

int ct_copy_descriptor(int descriptor) { return fcntl(descriptor, F_DUPFD_CLOEXEC, 10); }

int ct_open_terminal(void) { return open("/dev/tty", O_RDWR | O_CLOEXEC); }

bool ct_window_size(int tty, int *width, int *height) {
    struct winsize size;
    if (ioctl(tty, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_row == 0) {
        return false;
    }
    *width = size.ws_col;
    *height = size.ws_row;
    return true;
}

int ct_set_window_size(int tty, int width, int height) {
    struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};
    return ioctl(tty, TIOCSWINSZ, &size) < 0 ? errno : 0;
}

int ct_open_pseudo_terminal(int *outer, int *inner, char *path, size_t capacity) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0) {
        return errno;
    }
    int slave = -1;
    if (grantpt(master) < 0 || unlockpt(master) < 0 || ptsname_r(master, path, capacity) != 0 ||
        (slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0) {
        int error = errno;
        close(master);
        return error;
    }
    *outer = master;
    *inner = slave;
    return 0;
}

void ct_start_again(void) {
    extern char **environ;
    static char line[1 << 18];
    static char *arguments[1 << 12];
    int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return;
    }
    size_t length = 0, count = 0;
    ssize_t got;
    while (length < sizeof line - 1 && (got = read(file, line + length, sizeof line - 1 - length)) > 0) {
        length += (size_t)got;
    }
    close(file);
    if (length == sizeof line - 1) {
        return;
    }
    for (size_t at = 0; at < length; at++) {
        if (at == 0 || line[at - 1] == 0) {
            if (count == sizeof arguments / sizeof *arguments - 1) {
                return;
            }
            arguments[count++] = line + at;
        }
    }
    // By its path, so that it keeps its name; where that is another program by now, by what is running.
    static char path[4096];
    struct stat named, running;
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    if (size > 0 && stat(path, &named) == 0 && stat("/proc/self/exe", &running) == 0 &&
        named.st_dev == running.st_dev && named.st_ino == running.st_ino) {
        execve(path, arguments, environ);
    }
    execve("/proc/self/exe", arguments, environ);
}
