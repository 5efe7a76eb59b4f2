/* Files on their way in, through a real connection: names, limits, what is cut off, and what is left. */
#include "api/api.err.h"
#include "api/upload.h"
#include "base/system.h"
#include "test.h"
#include <arpa/inet.h>
#include <microhttpd.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD "--bb\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n\r\n%s\r\n"
#define FIELD "--bb\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
#define END "--bb--\r\n"

static char folder[64];
static struct MHD_Daemon *daemon_of;
static struct upload *got;
static struct err why;
static bool whole;
static sem_t ended;

/* ---- a server of one handler ---- */

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **kept)
{
    (void)user, (void)url, (void)method, (void)version;
    if (*kept == NULL) {
        *kept = &got;
        return MHD_YES;
    }
    if (*size > 0) {
        if (got == NULL && why.kind == NULL)
            got = upload_open(connection, text_of(folder), &why);
        if (got != NULL)
            upload_feed(got, data, *size);
        *size = 0;
        return MHD_YES;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result queued = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return queued;
}

static void on_end(void *user, struct MHD_Connection *connection, void **kept,
                   enum MHD_RequestTerminationCode code)
{
    (void)user, (void)connection, (void)kept;
    whole = code == MHD_REQUEST_TERMINATED_COMPLETED_OK && got != NULL && upload_end(got, &why);
    sem_post(&ended);
}

static int begin(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/honghua-upload-XXXXXX");
    if (mkdtemp(folder) == NULL || sem_init(&ended, 0, 0) != 0)
        return 1;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    daemon_of = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, on_request, NULL,
                                 MHD_OPTION_SOCK_ADDR, &here, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL,
                                 MHD_OPTION_END);
    return daemon_of != NULL ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    MHD_stop_daemon(daemon_of);
    sem_destroy(&ended);
    return rmdir(folder); /* nothing may be left in it */
}

static void forget(void)
{
    upload_close(got);
    got = NULL;
    err_clear(&why);
}

static void send_all(int s, const char *at, size_t size)
{
    for (ssize_t done; size > 0; at += done, size -= (size_t)done) {
        done = send(s, at, size, MSG_NOSIGNAL);
        if (done <= 0)
            return;
    }
}

/* Sends a body in steps of `step` bytes, the last `missing` of them not at all, and waits for the end. */
static void post(struct text body, size_t step, size_t missing)
{
    char head[256], byte[512];
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon_of, MHD_DAEMON_INFO_BIND_PORT);
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    there.sin_port = htons(info->port);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(s, (struct sockaddr *)&there, sizeof there), 0);
    int size = snprintf(head, sizeof head,
                        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %zu\r\n"
                        "Content-Type: multipart/form-data; boundary=bb\r\n\r\n",
                        body.size);
    send_all(s, head, (size_t)size);
    for (size_t at = 0; at < body.size - missing; at += step) {
        struct text piece = text_slice(body, at, step);
        send_all(s, piece.at, at + piece.size > body.size - missing ? body.size - missing - at : piece.size);
        if (step < body.size)
            usleep(2000);
    }
    if (missing > 0)
        (void)shutdown(s, SHUT_WR);
    else
        while (recv(s, byte, sizeof byte, 0) > 0)
            ;
    close(s);
    sem_wait(&ended);
}

static const char *name_of(size_t index)
{
    size_t count;
    const struct text *paths = upload_paths(got, &count);
    assert_true(index < count);
    return strrchr(paths[index].at, '/') + 1;
}

static struct text content_of(struct arena *a, size_t index)
{
    size_t count;
    struct text content;
    struct err e = {0};
    assert_done(file_read(upload_paths(got, &count)[index].at, 1u << 20, a, &content, &e), &e);
    return content;
}

/* ---- */

static void files_come_whole_under_their_own_names_with_fields_beside_them(void **state)
{
    char body[2048];
    size_t count;
    struct arena a;
    (void)state;
    arena_init(&a, 4u << 20);
    snprintf(body, sizeof body, FIELD HEAD HEAD FIELD END, "dry_run", "true", "01-户信息.xlsx", "one",
             "01-户信息.xlsx", "two", "as_of", "2019-12-31");
    post(text_of(body), sizeof body, 0);
    assert_done(whole, &why);
    upload_paths(got, &count);
    assert_int_equal(count, 2);
    assert_string_equal(name_of(0), "01-户信息.xlsx");
    assert_text(content_of(&a, 0), "one");
    assert_text(content_of(&a, 1), "two");
    assert_int_equal(upload_field_count(got), 2);
    assert_text(upload_field(got, 0).name, "dry_run");
    assert_text(upload_field(got, 1).value, "2019-12-31");
    arena_clear(&a);
    forget();
}

static void a_name_never_leads_out_of_the_folder(void **state)
{
    static const struct {
        const char *given, *kept;
    } names[] = {{"../../etc/passwd", "passwd"},
                 {"/etc/passwd", "passwd"},
                 {"C:\\\\a\\\\b.xlsx", "b.xlsx"},
                 {"..", "1.xlsx"},
                 {".hidden", "1.xlsx"},
                 {"a/", "1.xlsx"},
                 {"", "1.xlsx"},
                 {"\xff\xfe.xlsx", "1.xlsx"},
                 {"a\x01.xlsx", "1.xlsx"}};
    char body[1024];
    size_t count;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(body, sizeof body, HEAD END, names[i].given, "x");
        post(text_of(body), sizeof body, 0);
        assert_done(whole, &why);
        assert_string_equal(name_of(0), names[i].kept);
        assert_true(text_starts_with(upload_paths(got, &count)[0], text_of(folder)));
        forget();
    }
    snprintf(body, sizeof body,
             "--bb\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%0*d\"\r\n\r\nx\r\n" END, 300,
             0);
    post(text_of(body), sizeof body, 0);
    assert_done(whole, &why);
    assert_string_equal(name_of(0), "1.xlsx");
    forget();
}

static void what_is_cut_off_is_refused_and_leaves_nothing(void **state)
{
    char body[512];
    (void)state;
    int size = snprintf(body, sizeof body, HEAD HEAD END, "a.xlsx", "content", "b.xlsx", "more");
    for (int cut = 3; cut < size; cut++) {
        post((struct text){body, (size_t)(size - cut)}, sizeof body, 0);
        if (whole || (why.kind != &API_FILES_BAD))
            fail_msg("%d bytes less: %s", cut, why.kind != NULL ? why.kind->code : "taken");
        forget();
    }
    post((struct text){body, (size_t)size}, sizeof body, 20); /* the client goes away */
    assert_false(whole);
    forget();
}

static void parts_that_are_none_are_refused(void **state)
{
    char body[8192];
    (void)state;
    for (const char *const *at =
             (const char *const[]){
                 "no parts at all", "--bb\r\nContent-Disposition: form-data\r\n\r\nx\r\n" END,
                 "--bb\r\n\r\nx\r\n" END,
                 "--bb\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\nx\r\n" END,
                 "--bb\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n" END, NULL};
         *at != NULL; at++) {
        post(text_of(*at), 8192, 0);
        if (whole || why.kind != &API_FILES_BAD)
            fail_msg("%s: %s", *at, why.kind != NULL ? why.kind->code : "taken");
        forget();
    }
    snprintf(body, sizeof body, "--bb\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n%0*d\r\n" END,
             UPLOAD_FIELD_SIZE_MAX + 1, 0);
    post(text_of(body), sizeof body, 0);
    assert_refused(whole, &why, API_FILES_BAD);
    forget();
    post(TEXT("--bb\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\0y\r\n" END), sizeof body, 0);
    assert_refused(whole, &why, API_FILES_BAD);
    forget();
}

static void files_and_fields_have_limits(void **state)
{
    struct buf body;
    (void)state;
    buf_init(&body, 1u << 20);
    for (int i = 0; i <= UPLOAD_FILE_MAX; i++)
        buf_add_format(&body, HEAD, "a.xlsx", "x");
    buf_add_z(&body, END);
    post(buf_text(&body), body.size, 0);
    assert_refused(whole, &why, API_FILES_MANY);
    forget();
    buf_reset(&body);
    for (int i = 0; i <= UPLOAD_FIELD_MAX; i++)
        buf_add_format(&body, FIELD, "f", "x");
    buf_add_z(&body, END);
    post(buf_text(&body), body.size, 0);
    assert_refused(whole, &why, API_FILES_BAD);
    forget();
    buf_clear(&body);
}

static void digest(const char *body, size_t step, char out[32])
{
    post(text_of(body), step, 0);
    assert_done(whole, &why);
    assert_int_equal(upload_digest(got).size, 32);
    memcpy(out, upload_digest(got).at, 32);
    forget();
}

static void the_same_upload_has_the_same_digest_however_it_arrives(void **state)
{
    char body[1024], one[32], two[32];
    (void)state;
    snprintf(body, sizeof body, HEAD FIELD END, "a.xlsx", "a content of some length, sent in pieces",
             "dry_run", "true");
    digest(body, sizeof body, one);
    digest(body, 11, two);
    assert_memory_equal(one, two, 32);
}

static void another_name_content_or_seam_has_another_digest(void **state)
{
    static const char *const bodies[][4] = {
        {"a.xlsx", "one", "b.xlsx", "two"}, {"a.xlsx", "one", "b.xlsx", "twO"},
        {"c.xlsx", "one", "b.xlsx", "two"}, {"a.xlsx", "onetwo", "b.xlsx", ""},
        {"a.xlsx", "two", "b.xlsx", "one"}, {"b.xlsx", "one", "a.xlsx", "two"}};
    char body[1024], all[COUNT_OF(bodies)][32];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        snprintf(body, sizeof body, HEAD HEAD END, bodies[i][0], bodies[i][1], bodies[i][2], bodies[i][3]);
        digest(body, sizeof body, all[i]);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(all[i], all[k], 32);
    }
}

static void another_content_type_is_no_upload(void **state)
{
    struct err e = {0};
    (void)state;
    assert_null(upload_open(NULL, TEXT("/nowhere/at/all"), &e));
    assert_non_null(e.kind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_come_whole_under_their_own_names_with_fields_beside_them),
        cmocka_unit_test(a_name_never_leads_out_of_the_folder),
        cmocka_unit_test(what_is_cut_off_is_refused_and_leaves_nothing),
        cmocka_unit_test(parts_that_are_none_are_refused),
        cmocka_unit_test(files_and_fields_have_limits),
        cmocka_unit_test(the_same_upload_has_the_same_digest_however_it_arrives),
        cmocka_unit_test(another_name_content_or_seam_has_another_digest),
        cmocka_unit_test(another_content_type_is_no_upload),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
