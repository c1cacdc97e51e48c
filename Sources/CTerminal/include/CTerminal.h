// What the terminal needs from the system and from ncurses that Swift cannot see: macros, variadic functions, GNU
// extensions, and code that must be safe inside a signal handler.
#ifndef TREETOP_CTERMINAL_H
#define TREETOP_CTERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// ---- cells.c: text and attributes -----------------------------------------------------------------------------------

/// One column to draw; `width` 0 (the second half of a wide character) is skipped.
typedef struct {
    uint32_t scalar;
    uint32_t marks[2];
    uint32_t attributes;
    int32_t pair;
    uint8_t width;
} ct_cell;

/// Sets the character set from the environment, or to C.UTF-8 where that is not UTF-8. Whether text is UTF-8 now.
bool ct_set_locale(void);
/// The columns of a character as the C library counts them; -1 for what it does not print.
int ct_width(uint32_t scalar);
/// The attribute bits of ncurses.
uint32_t ct_attributes(bool bold, bool dim, bool reverse, bool underline);
/// Puts `count` columns into an ncurses window (a `WINDOW *`). A character whose width the C library counts otherwise
/// is replaced, so that the columns after it stay where they are.
void ct_put_cells(void *window, int y, int x, const ct_cell *cells, int count);
/// Makes a pair whose number and colours may be large. Whether it worked.
bool ct_make_pair(int pair, int foreground, int background);
/// The bytes of the terminal's string for the cursor's move to a place; NULL if it has none. Valid until the next call.
const char *ct_cursor_move(int y, int x);
/// Forgets what `setupterm` looked up.
void ct_forget_type(void);

// ---- frame.c: a frame in one piece -----------------------------------------------------------------------------------

/// Takes what ncurses writes from now on into memory. Whether it does: if not, it goes to the terminal as ever.
bool ct_begin_frame(void);
/// Writes what was taken to the terminal, unless that was given back.
void ct_end_frame(void);

// ---- restore.c: giving the terminal back ----------------------------------------------------------------------------

/// Remembers the terminal as it is: `screen` is what ncurses writes to.
/// With `capture_errors`, standard error is collected until the terminal is given back. 0 or an errno; EBUSY if taken.
///
/// From then on a child process watches: it gives the terminal back if this one dies without doing so, and ends with it.
int ct_take(int screen, bool capture_errors);
/// The bytes that give the terminal its looks back. Truncated at 1024.
void ct_set_restore_bytes(const char *bytes, size_t count);
/// Keeps the modes that the program has set, so that those of somebody else are told from them.
void ct_keep_modes(void);
/// Whether the terminal is as the program has made it: not while the program is stopped.
void ct_set_changed(bool changed);
/// Writes to the terminal, unless it was given back. Whether it was not.
bool ct_send(const char *bytes, size_t count);
/// Gives the terminal back, once, and returns when that is done. Safe in a signal handler and on any thread.
void ct_restore(void);
/// `ct_restore`, and puts the signal handlers back. Safe on any thread.
void ct_give_back(void);
/// Whether the terminal is taken now.
bool ct_is_taken(void);
/// Ends what `ct_take` began: the descriptors are closed, and the terminal can be taken again.
void ct_release(void);
/// Cuts what was collected from standard error to its end when it has grown large.
void ct_trim_errors(void);
/// Whether this process may use the terminal now, that is, runs in the foreground.
bool ct_in_foreground(int tty);

// ---- signals.c ------------------------------------------------------------------------------------------------------

enum { CT_RESIZED = 1, CT_STOP = 2, CT_CONTINUED = 4 };

/// Installs the handlers: fatal signals give the terminal back and go on as they would have; SIGWINCH, SIGTSTP and
/// SIGCONT become notices.
void ct_install_handlers(void);
/// Puts back what was there before.
void ct_remove_handlers(void);
/// Keeps the handlers of SIGINT, SIGTERM and SIGHUP, which ncurses would replace, and puts them back.
void ct_keep_program_handlers(void);
void ct_put_back_program_handlers(void);
/// The notices since the last call.
int ct_take_notices(void);
/// Forgets these notices.
void ct_drop_notices(int which);
/// Stops this process as SIGTSTP would, with `group` the whole foreground job, and returns when it is continued.
/// Does nothing where nobody could continue it.
void ct_stop(bool group);

// ---- turns.c ---------------------------------------------------------------------------------------------------------

/// Asks that this thread gets the processor in short turns, so that it gets one soon where others take all they can. It
/// goes before others where it may (for root, and by RLIMIT_NICE); what it starts is as usual. Where the system knows no
/// such wish, nothing happens.
void ct_take_short_turns(void);

// ---- wake.c ---------------------------------------------------------------------------------------------------------

/// The descriptor that becomes readable after a wake; the same for the life of the process. -1 if there is none.
int ct_wake_descriptor(void);
/// Wakes who waits. Many calls before the next wait are one. Safe in a signal handler and on any thread.
void ct_wake(void);
/// Wakes for a notice only.
void ct_wake_for_notice(void);
/// Takes the wake. Whether there was one.
bool ct_take_wake(void);

// ---- descriptors.c --------------------------------------------------------------------------------------------------

/// Copies a descriptor to 10 or above, closed in child programs. -1 with errno.
int ct_copy_descriptor(int descriptor);
/// Opens the controlling terminal. -1 with errno.
int ct_open_terminal(void);
/// The size of the terminal. Whether it is known and not empty.
bool ct_window_size(int tty, int *width, int *height);
/// Sets the size of a terminal. 0 or an errno.
int ct_set_window_size(int tty, int width, int height);
/// Opens a pseudo-terminal; its program side has a path. 0 or an errno.
int ct_open_pseudo_terminal(int *outer, int *inner, char *path, size_t capacity);
/// Starts this program again with the same arguments. Returns only if that failed.
void ct_start_again(void);

#endif
