#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include "CTerminal.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <term.h>
#include <wchar.h>

static bool is_utf8(void) {
    const char *name = nl_langinfo(CODESET);
    return name && (strcasecmp(name, "UTF-8") == 0 || strcasecmp(name, "UTF8") == 0);
}

bool ct_set_locale(void) {
    // Nothing but the character set: how numbers are written must not change under the program.
    setlocale(LC_CTYPE, "");
    if (!is_utf8()) {
        setlocale(LC_CTYPE, "C.UTF-8");
    }
    return is_utf8();
}

int ct_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

uint32_t ct_attributes(bool bold, bool dim, bool reverse, bool underline) {
    return (uint32_t)((bold ? A_BOLD : 0) | (dim ? A_DIM : 0) | (reverse ? A_REVERSE : 0) |
                      (underline ? A_UNDERLINE : 0));
}

// The characters of a cell as ncurses takes them; false if the C library would give them another width.
static bool spell(const ct_cell *cell, wchar_t *text) {
    int length = 0;
    wchar_t base = (wchar_t)cell->scalar;
    if (base < 0x20 || (base >= 0x7F && wcwidth(base) != cell->width)) {
        return false;
    }
    text[length++] = base;
    for (int i = 0; i < 2; i++) {
        wchar_t mark = (wchar_t)cell->marks[i];
        if (mark && wcwidth(mark) == 0) {
            text[length++] = mark;
        }
    }
    text[length] = 0;
    return true;
}

void ct_put_cells(void *window, int y, int x, const ct_cell *cells, int count) {
    cchar_t line[256];
    int filled = 0, start = x;
    for (int i = 0; i < count; i++) {
        const ct_cell *cell = &cells[i];
        if (cell->width == 0) {
            continue;
        }
        wchar_t text[4];
        int pair = cell->pair, copies = 1;
        if (!spell(cell, text)) {
            wcscpy(text, L"?");
            copies = cell->width;
        }
        if (filled + copies > 256) {
            mvwadd_wchnstr(window, y, start, line, filled);
            filled = 0;
            start = x + i;
        }
        for (int copy = 0; copy < copies; copy++) {
            setcchar(&line[filled++], text, cell->attributes, (short)pair, pair > 32767 ? &pair : NULL);
        }
    }
    if (filled > 0) {
        mvwadd_wchnstr(window, y, start, line, filled);
    }
}

bool ct_make_pair(int pair, int foreground, int background) {
#if defined(NCURSES_EXT_COLORS) && NCURSES_EXT_COLORS
    return init_extended_pair(pair, foreground, background) == OK;
#else
    return init_pair((short)pair, (short)foreground, (short)background) == OK;
#endif
}

const char *ct_cursor_move(int y, int x) {
    char *format = tigetstr("cup");
    if (!format || format == (char *)-1) {
        return NULL;
    }
    return tiparm(format, y, x);
}

void ct_forget_type(void) {
    if (cur_term) {
        del_curterm(cur_term);
    }
}
