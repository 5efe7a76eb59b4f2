/* Numbers and times as text, and the buffers for it. */
#include "engine/cel/lib.h"
#include "engine/cel/value.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

bool cel_identity(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                  struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    *out = *a;
    return true;
}

bool cel_charge_text(struct cel_run *run, struct text t) { return cel_charge(run, t.size / 64); }

bool cel_keep_text(struct cel_run *run, struct text t, struct cel_value *out)
{
    char *at = cel_take(run, t.size + 1);
    if (at == NULL || !cel_charge_text(run, t))
        return false;
    if (t.size > 0)
        memcpy(at, t.at, t.size);
    return cel_give_text(out, CEL_STRING, (struct text){at, t.size});
}

void cel_begin_text(struct cel_run *run, struct buf *b)
{
    uint64_t left = run->byte_end - run->bytes;
    buf_init(b, left < SIZE_MAX / 2 ? (size_t)left + 64 : SIZE_MAX / 2);
}

bool cel_finish_text(struct cel_run *run, struct buf *b, struct cel_value *out)
{
    bool good = b->failed ? cel_raise_limit(run, "too much memory") : cel_keep_text(run, buf_text(b), out);
    buf_clear(b);
    return good;
}

int cel_shortest(double d, char digits[18], int *point_out)
{
    char z[40];
    /* Fifteen digits always survive; the small numbers near zero have fewer. */
    for (int count = fabs(d) < DBL_MIN ? 1 : 15; count <= 17; count++) {
        snprintf(z, sizeof z, "%.*e", count - 1, fabs(d));
        if (strtod(z, NULL) == fabs(d))
            break;
    }
    int size = 0;
    const char *at = z;
    for (; *at != 'e' && *at != '\0'; at++) {
        if (*at >= '0' && *at <= '9')
            digits[size++] = *at;
    }
    while (size > 1 && digits[size - 1] == '0')
        size--;
    digits[size] = '\0';
    *point_out = *at == 'e' ? atoi(at + 1) + 1 : 1;
    return size;
}

/* NaN and the infinities; false: d is finite. */
static bool print_special(struct buf *b, double d, const char *infinity)
{
    if (isnan(d)) {
        buf_add_z(b, "NaN");
        return true;
    }
    if (!isinf(d))
        return false;
    if (infinity[0] == '+' && d < 0)
        infinity++;
    if (d < 0)
        buf_add_char(b, '-');
    buf_add_z(b, infinity);
    return true;
}

static void add_zeros(struct buf *b, int count)
{
    for (int i = 0; i < count; i++)
        buf_add_char(b, '0');
}

static void print_digits(struct buf *b, const char *digits, int size, int point)
{
    if (point <= 0) {
        buf_add_z(b, "0.");
        add_zeros(b, -point);
        buf_add(b, (struct text){digits, (size_t)size});
    } else if (point >= size) {
        buf_add(b, (struct text){digits, (size_t)size});
        add_zeros(b, point - size);
    } else {
        buf_add(b, (struct text){digits, (size_t)point});
        buf_add_char(b, '.');
        buf_add(b, (struct text){digits + point, (size_t)(size - point)});
    }
}

void cel_print_plain(struct buf *b, double d)
{
    if (print_special(b, d, "Infinity"))
        return;
    char digits[18];
    int point, size = cel_shortest(d, digits, &point);
    if (signbit(d))
        buf_add_char(b, '-');
    if (d == 0)
        buf_add_char(b, '0');
    else
        print_digits(b, digits, size, point);
}

/* As printf's %g decides it for six digits, but with as many digits as are needed: 1234567.0 is 1.234567e+06.
 */
void cel_print_general(struct buf *b, double d)
{
    if (print_special(b, d, "+Inf"))
        return;
    char digits[18];
    int point, size = cel_shortest(d, digits, &point);
    int exponent = d == 0 ? 0 : point - 1;
    if (exponent >= -4 && exponent < 6) {
        cel_print_plain(b, d);
        return;
    }
    if (signbit(d))
        buf_add_char(b, '-');
    buf_add_char(b, digits[0]);
    if (size > 1)
        buf_add_char(b, '.');
    buf_add(b, (struct text){digits + 1, (size_t)size - 1});
    buf_add_format(b, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
}

/* ".123456789" without zeros at the end; nothing for 0. */
static void print_fraction(struct buf *b, int32_t nanos)
{
    if (nanos == 0)
        return;
    char z[12];
    snprintf(z, sizeof z, ".%09d", (int)(nanos < 0 ? -nanos : nanos));
    size_t size = strlen(z);
    while (z[size - 1] == '0')
        size--;
    buf_add(b, (struct text){z, size});
}

void cel_print_timestamp(struct buf *b, const struct cel_value *v)
{
    int64_t days = v->i / 86400, second = v->i % 86400;
    if (second < 0) {
        second += 86400;
        days--;
    }
    struct civil c = day_to_civil((day)days);
    buf_add_format(b, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, (int)(second / 3600),
                   (int)(second / 60 % 60), (int)(second % 60));
    print_fraction(b, v->nanos);
    buf_add_char(b, 'Z');
}

void cel_print_duration(struct buf *b, const struct cel_value *v)
{
    if (v->i < 0 || v->nanos < 0)
        buf_add_char(b, '-');
    uint64_t seconds = v->i < 0 ? 0 - (uint64_t)v->i : (uint64_t)v->i;
    buf_add_format(b, "%llu", (unsigned long long)seconds);
    print_fraction(b, v->nanos);
    buf_add_char(b, 's');
}
