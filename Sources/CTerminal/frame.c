// ncurses sends what it has at each move of its cursor. What it writes for a frame goes to memory first, and to the
// terminal in one piece: one call instead of dozens, and whoever reads at the other end is woken once.
#define _GNU_SOURCE
#include "CTerminal.h"
#include "restore.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// Of the one thread that draws. Kept for the next screen.
static int frame_fd = -1;
static char *frame;
static size_t capacity;

bool ct_begin_frame(void) {
    if (frame_fd < 0) {
        int made = memfd_create("frame", MFD_CLOEXEC);
        frame_fd = made < 0 ? -1 : ct_copy_descriptor(made);
        if (made >= 0) {
            close(made);
        }
    }
    return frame_fd >= 0 && ct_send_output_to(frame_fd);
}

static bool make_room(size_t count) {
    if (count > capacity) {
        char *larger = realloc(frame, count);
        if (!larger) {
            return false;
        }
        frame = larger;
        capacity = count;
    }
    return true;
}

// A terminal that takes nothing for a while holds up who draws, as it does with ncurses; not once it was given back.
static void write_frame(size_t count) {
    size_t done = 0;
    while (done < count && ct_is_taken()) {
        ssize_t written = ct_write_output(frame + done, count - done);
        if (written > 0) {
            done += (size_t)written;
        } else if (errno == EAGAIN) {
            poll(NULL, 0, 10);
        } else if (errno != EINTR) {
            return;
        }
    }
}

void ct_end_frame(void) {
    ct_send_output_to_terminal();
    off_t count = lseek(frame_fd, 0, SEEK_CUR);
    lseek(frame_fd, 0, SEEK_SET);
    if (count > 0 && make_room((size_t)count) && pread(frame_fd, frame, (size_t)count, 0) == count) {
        write_frame((size_t)count);
    }
}
