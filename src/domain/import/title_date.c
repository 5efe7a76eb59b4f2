/* The date that a title tells. Only a full date counts ("2019年底" is none); dates of filling in, printing or
 * sending tell nothing about the facts. */
#include "domain/import/layout.h"

struct scan {
    struct text t; /* folded: half-width, without blanks */
    size_t at;
};

static int digits(struct scan *s, int most, int *value_out)
{
    int count = 0, value = 0;
    while (count < most && s->at < s->t.size && s->t.at[s->at] >= '0' && s->t.at[s->at] <= '9') {
        value = 10 * value + (s->t.at[s->at++] - '0');
        count++;
    }
    *value_out = value;
    return count;
}

static bool take(struct scan *s, const char *what)
{
    if (!text_starts_with(text_slice(s->t, s->at, s->t.size), text_of(what)))
        return false;
    s->at += strlen(what);
    return true;
}

static bool is_digit_at(struct text t, size_t at)
{
    return at < t.size && t.at[at] >= '0' && t.at[at] <= '9';
}

/* Digits of 二〇一九 and numbers up to 三十一 become figures; other text stays. */
static struct text with_figures(struct text t, struct arena *a)
{
    static const char *const figure[] = {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    char *out = arena_take(a, t.size + 1);
    size_t size = 0;
    if (out == NULL)
        return t;
    for (size_t i = 0; i < t.size;) {
        struct text rest = text_slice(t, i, t.size);
        size_t f = 0;
        while (f < COUNT_OF(figure) && !text_starts_with(rest, text_of(figure[f])))
            f++;
        if (f < COUNT_OF(figure)) {
            out[size++] = (char)('0' + f);
            i += 3;
        } else if (text_starts_with(rest, TEXT("零")) || text_starts_with(rest, TEXT("○"))) {
            out[size++] = '0';
            i += 3;
        } else if (text_starts_with(rest, TEXT("十"))) {
            bool tens = size > 0 && out[size - 1] >= '1' && out[size - 1] <= '9';
            bool ones = false;
            for (f = 1; f < COUNT_OF(figure); f++)
                ones |= text_starts_with(text_slice(rest, 3, 3), text_of(figure[f]));
            if (!tens)
                out[size++] = '1';
            if (!ones)
                out[size++] = '0';
            i += 3;
        } else
            out[size++] = t.at[i++];
    }
    return (struct text){out, size};
}

/* A date at the scan's place: 2019年12月31日, 2019-12-31 and its kin, 20191231. */
static bool date_here(struct scan *s, day *out)
{
    struct civil c;
    if (digits(s, 4, &c.year) != 4 || c.year < 1949 || c.year > 2200)
        return false;
    if (is_digit_at(s->t, s->at)) {
        bool whole = digits(s, 2, &c.month) == 2 && digits(s, 2, &c.day) == 2 && !is_digit_at(s->t, s->at);
        return whole && day_from_civil(c, out);
    }
    const char *const marks[] = {"年", "-", ".", "/"};
    size_t mark = 0;
    while (mark < COUNT_OF(marks) && !take(s, marks[mark]))
        mark++;
    if (mark == COUNT_OF(marks) || digits(s, 2, &c.month) == 0)
        return false;
    if (mark == 0 ? !take(s, "月") : !take(s, marks[mark]))
        return false;
    if (digits(s, 2, &c.day) == 0 || is_digit_at(s->t, s->at))
        return false;
    return day_from_civil(c, out);
}

static bool has_word(struct text t, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_find(t, text_of(words[i]), 0) != SIZE_MAX)
            return true;
    return false;
}

/* 2: the day of the facts; 1: a day; 0: a day of something else. By the few characters before it. */
static int rank_of(struct text t, size_t at)
{
    static const char *const facts[] = {"截至",     "截止",     "数据日期", "数据时间",
                                        "统计日期", "统计时间", "时点"};
    static const char *const other[] = {"填", "制表", "打印", "导出", "报送", "上报", "审核", "印发"};
    size_t from = at > 18 ? at - 18 : 0;
    while (from < at && ((unsigned char)t.at[from] & 0xC0) == 0x80)
        from++;
    struct text before = text_slice(t, from, at - from);
    if (has_word(before, facts, COUNT_OF(facts)))
        return 2;
    return has_word(before, other, COUNT_OF(other)) ? 0 : 1;
}

day layout_title_date(struct text title, struct arena *a)
{
    struct text t = with_figures(catalog_fold(a, title), a);
    day best = DAY_NONE;
    int best_rank = 0;
    for (size_t i = 0; i < t.size; i++) {
        day found;
        struct scan s = {t, i};
        if (!is_digit_at(t, i) || (i > 0 && is_digit_at(t, i - 1)) || !date_here(&s, &found))
            continue;
        int rank = rank_of(t, i);
        if (rank > best_rank || (rank == best_rank && rank > 0 && found > best)) {
            best_rank = rank;
            best = found;
        }
    }
    return best;
}
