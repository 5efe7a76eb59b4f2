/* Writing and checking the end of a backup; see seal.h. */
#include "domain/backup/seal.h"
#include "base/base.err.h"
#include "base/system.h"
#include "domain/backup/backup.err.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_SIZE 65536
#define FORM "honghua-backup-"
#define FORM_NUMBER '1'
#define HEAD "SQLite format 3" /* with its NUL, how every SQLite file begins */
#define MAC_WORD "backup"

struct tail {
    unsigned char content[SEAL_DIGEST_SIZE];
    unsigned char rows[8], made_ms[8]; /* the lowest byte first */
    unsigned char key_check[32];
    unsigned char digest[SEAL_DIGEST_SIZE]; /* over the database and what stands above */
    unsigned char mac[32];
    char form[sizeof FORM]; /* the form's number in the place of the NUL */
};
static_assert(sizeof(struct tail) == 160, "bytes one behind the other, as they lie in the file");
#define DIGESTED offsetof(struct tail, digest)

static void put_number(unsigned char out[8], int64_t n)
{
    for (size_t i = 0; i < 8; i++)
        out[i] = (unsigned char)((uint64_t)n >> (8 * i));
}

static int64_t get_number(const unsigned char in[8])
{
    uint64_t n = 0;
    for (size_t i = 0; i < 8; i++)
        n |= (uint64_t)in[i] << (8 * i);
    return (int64_t)n;
}

static void mac_of(const struct vault *v, const unsigned char digest[SEAL_DIGEST_SIZE], unsigned char out[32])
{
    char message[sizeof MAC_WORD + SEAL_DIGEST_SIZE] = MAC_WORD;
    memcpy(message + sizeof MAC_WORD, digest, SEAL_DIGEST_SIZE);
    vault_mac(v, (struct text){message, sizeof message}, out);
}

/* Up to `size` bytes, fewer only at the end of the file; -1 with errno. */
static ssize_t read_piece(int fd, void *out, size_t size)
{
    size_t got = 0;
    while (got < size) {
        ssize_t n = read(fd, (char *)out + got, size - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

static bool write_piece(int fd, const void *at, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, (const char *)at + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

/* ---- writing ---- */

static bool digest_file(int fd, crypto_generichash_state *state)
{
    unsigned char piece[PIECE_SIZE];
    ssize_t got;
    while ((got = read_piece(fd, piece, sizeof piece)) > 0)
        crypto_generichash_update(state, piece, (size_t)got);
    return got == 0;
}

bool seal_add(const char *path, const struct vault *v, const struct seal *seal, struct err *e)
{
    struct tail tail = {.form = FORM};
    crypto_generichash_state state;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return file_fail_write(e, path, errno);
    memcpy(tail.content, seal->content, sizeof tail.content);
    put_number(tail.rows, seal->rows);
    put_number(tail.made_ms, seal->made_ms);
    vault_check(v, tail.key_check);
    tail.form[sizeof tail.form - 1] = FORM_NUMBER;
    crypto_generichash_init(&state, NULL, 0, sizeof tail.digest);
    bool done = digest_file(fd, &state);
    crypto_generichash_update(&state, (const unsigned char *)&tail, DIGESTED);
    crypto_generichash_final(&state, tail.digest, sizeof tail.digest);
    mac_of(v, tail.digest, tail.mac);
    done = done && write_piece(fd, &tail, sizeof tail) && fsync(fd) == 0;
    int error = errno;
    if (close(fd) != 0 && done) {
        done = false;
        error = errno;
    }
    return done || file_fail_write(e, path, error);
}

/* ---- reading ---- */

static bool fail_on(const char *path, const struct err_kind *kind, struct err *e)
{
    return err_fail_text(e, kind, "file", text_of(path));
}

/* The end of the file; whose it is, by its end or, where that is missing, by its beginning. */
static bool read_tail(int fd, const char *path, struct tail *tail, int64_t *size_out, struct err *e)
{
    struct stat info;
    char head[sizeof HEAD] = {0};
    if (fstat(fd, &info) != 0 || pread(fd, head, sizeof head, 0) < 0)
        return file_fail(e, path, errno);
    bool database = memcmp(head, HEAD, sizeof head) == 0;
    *size_out = info.st_size - (int64_t)sizeof *tail;
    if (*size_out <= 0)
        return fail_on(path, database ? &BACKUP_DAMAGED : &BACKUP_FOREIGN, e);
    ssize_t got = pread(fd, tail, sizeof *tail, *size_out);
    if (got < 0)
        return file_fail(e, path, errno);
    bool ours = got == sizeof *tail && memcmp(tail->form, FORM, sizeof FORM - 1) == 0;
    char number = tail->form[sizeof FORM - 1];
    if (ours && number > FORM_NUMBER && number <= '9')
        return fail_on(path, &BACKUP_NEWER, e);
    if (ours && number == FORM_NUMBER)
        return true;
    return fail_on(path, ours || database ? &BACKUP_DAMAGED : &BACKUP_FOREIGN, e);
}

static bool copy_piece(int fd, int out, int64_t left, crypto_generichash_state *state, int64_t *got_out,
                       const char *path, const char *to, struct err *e)
{
    unsigned char piece[PIECE_SIZE];
    ssize_t got = read_piece(fd, piece, left < PIECE_SIZE ? (size_t)left : PIECE_SIZE);
    if (got < 0)
        return file_fail(e, path, errno);
    if (got == 0)
        return fail_on(path, &BACKUP_DAMAGED, e);
    crypto_generichash_update(state, piece, (size_t)got);
    *got_out = got;
    return write_piece(out, piece, (size_t)got) || file_fail_write(e, to, errno);
}

static bool check_tail(const struct tail *tail, crypto_generichash_state *state, const struct vault *v,
                       const char *path, struct err *e)
{
    unsigned char digest[SEAL_DIGEST_SIZE], check[32], mac[32];
    crypto_generichash_update(state, (const unsigned char *)tail, DIGESTED);
    crypto_generichash_final(state, digest, sizeof digest);
    if (memcmp(digest, tail->digest, sizeof digest) != 0)
        return fail_on(path, &BACKUP_DAMAGED, e);
    vault_check(v, check);
    if (memcmp(check, tail->key_check, sizeof check) != 0)
        return fail_on(path, &BACKUP_KEY, e);
    mac_of(v, digest, mac);
    return sodium_memcmp(mac, tail->mac, sizeof mac) == 0 || fail_on(path, &BACKUP_DAMAGED, e);
}

static bool copy_checked(int fd, int out, const char *path, const char *to, const struct vault *v,
                         struct tail *tail, struct err *e)
{
    crypto_generichash_state state;
    int64_t left = 0, got = 0;
    if (!read_tail(fd, path, tail, &left, e))
        return false;
    crypto_generichash_init(&state, NULL, 0, SEAL_DIGEST_SIZE);
    for (; left > 0; left -= got)
        if (!copy_piece(fd, out, left, &state, &got, path, to, e))
            return false;
    if (!check_tail(tail, &state, v, path, e))
        return false;
    return fsync(out) == 0 || file_fail_write(e, to, errno);
}

bool seal_open(const char *path, const char *to, const struct vault *v, struct seal *out, struct err *e)
{
    struct tail tail;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return file_fail(e, path, errno);
    int copy = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool made = copy >= 0;
    bool done = made ? copy_checked(fd, copy, path, to, v, &tail, e) : file_fail_write(e, to, errno);
    close(fd);
    if (made && close(copy) != 0 && done)
        done = file_fail_write(e, to, errno);
    if (made && !done)
        unlink(to);
    if (!done)
        return false;
    memcpy(out->content, tail.content, sizeof out->content);
    out->rows = get_number(tail.rows);
    out->made_ms = get_number(tail.made_ms);
    return true;
}
