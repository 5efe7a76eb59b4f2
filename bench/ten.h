/* The ten rules that filling and checking are measured with, over a register that `honghua synth` made. */
#ifndef BENCH_TEN_H
#define BENCH_TEN_H
#include "engine/select/select.h"
#include "engine/session/session.h"

#define TEN_AS_OF 18261 /* 2019-12-31, the day of the invented facts */

struct ten {
    struct session session;
    const struct catalog *pack;    /* the pack in force, of its rules only the ten */
    struct catalog_rule rules[32]; /* a number may be two rules of the pack (V7) */
    struct frame_needs *needs;     /* what they read; nothing of what their findings would show */
};
/* Opens the database for reading, or ends the program. */
void ten_open(struct ten *t, const char *db, bool with_key);
void ten_close(struct ten *t);

#endif
