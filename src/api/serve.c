/* `serve`: the server as an operation of the command line. Always holds: it leaves by a signal, after what
 * was in flight has been answered. */
#include "api/api.err.h"
#include "api/api.h"
#include "api/server.h"
#include "base/base.err.h"
#include "engine/session/session.h"
#include <signal.h>

#define DEFAULT_ADDRESS "127.0.0.1"
#define DEFAULT_PORT 8080

static const struct op_parameter parameters[] = {
    {.name = "listen",
     .type = OP_TEXT,
     .value = "ADDR:PORT",
     .zh = "在哪里提供服务，默认 127.0.0.1:8080",
     .en = "where to listen, default 127.0.0.1:8080"},
    {.name = "tls-cert",
     .type = OP_PATH,
     .value = "FILE",
     .zh = "证书（PEM）",
     .en = "the certificate (PEM)"},
    {.name = "tls-key", .type = OP_PATH, .value = "FILE", .zh = "证书的私钥（PEM）", .en = "its key (PEM)"},
    {.name = "behind-proxy",
     .type = OP_FLAG,
     .zh = "前面有反向代理负责加密，来源以它说的为准",
     .en = "a reverse proxy in front does TLS and says where requests come from"},
    {.name = "host",
     .type = OP_TEXT,
     .value = "NAME,NAME",
     .zh = "用户打开时用的主机名，几个用逗号隔开",
     .en = "the names by which people open it, with commas between"},
};

/* "127.0.0.1:8080", "[::1]:8080", ":8080", "8080". */
static bool read_listen(struct text t, struct server_options *out, struct err *e)
{
    size_t colon = t.size;
    int64_t port;
    while (colon > 0 && t.at[colon - 1] != ':')
        colon--;
    struct text address = text_slice(t, 0, colon > 0 ? colon - 1 : 0);
    if (address.size > 1 && address.at[0] == '[' && address.at[address.size - 1] == ']')
        address = text_slice(address, 1, address.size - 2);
    if (!text_to_int(text_slice(t, colon, t.size), &port) || port < 0 || port > UINT16_MAX)
        return err_fail_text(e, &API_LISTEN_BAD, "address", t);
    out->port = (uint16_t)port;
    if (address.size > 0)
        out->address = address;
    return true;
}

static bool is_loopback(struct text address)
{
    return text_starts_with(address, TEXT("127.")) || text_equal(address, TEXT("::1"));
}

static bool read_hosts(struct op_call *call, struct server_options *out, struct err *e)
{
    struct text all = op_value(call, "host")->s;
    struct text *hosts = arena_take_many(call->arena, SERVER_HOST_MAX, sizeof *hosts);
    if (hosts == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    out->hosts = hosts;
    for (size_t at = 0; at < all.size && out->host_count < SERVER_HOST_MAX;) {
        size_t end = text_find(all, TEXT(","), at);
        end = end == SIZE_MAX ? all.size : end;
        hosts[out->host_count++] = text_trim(text_slice(all, at, end - at));
        at = end + 1;
    }
    return true;
}

static bool read_options(struct op_call *call, struct server_options *out, struct err *e)
{
    const struct op_value *listen = op_value(call, "listen"), *cert = op_value(call, "tls-cert"),
                          *key = op_value(call, "tls-key");
    *out = (struct server_options){.db = call->session->place,
                                   .key_file = call->session->key_file,
                                   .address = TEXT(DEFAULT_ADDRESS),
                                   .port = DEFAULT_PORT,
                                   .tls_cert = cert->given ? cert->s : TEXT_NONE,
                                   .tls_key = key->given ? key->s : TEXT_NONE,
                                   .behind_proxy = op_value(call, "behind-proxy")->given,
                                   .ops = api_ops()};
    if ((listen->given && !read_listen(listen->s, out, e)) || !read_hosts(call, out, e))
        return false;
    if (cert->given != key->given)
        return err_fail_text(e, &API_TLS, "file", cert->given ? cert->s : key->s);
    if (!is_loopback(out->address) && !cert->given && !out->behind_proxy)
        return err_fail_text(e, &API_LISTEN_OPEN, "address", listen->s);
    return true;
}

struct served {
    struct text address;
    uint16_t port;
};

/* Beside the answer, which is written when the server has ended. */
static void tell(struct op_call *call, const struct server *server, const struct server_options *o)
{
    bool v6 = text_find(o->address, TEXT(":"), 0) != SIZE_MAX;
    fprintf(stderr, "%s%s://%s%.*s%s:%u/\n", call->lang == LANG_ZH ? "已在此地址提供服务：" : "Serving at ",
            o->tls_cert.at != NULL ? "https" : "http", v6 ? "[" : "", TEXT_ARG(o->address), v6 ? "]" : "",
            (unsigned)server_port(server));
}

static bool keep_served(struct op_call *call, const struct server *server, const struct server_options *o,
                        struct err *e)
{
    struct served *served = arena_take(call->arena, sizeof *served);
    if (served == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *served = (struct served){o->address, server_port(server)};
    call->result = served;
    return true;
}

/* The signals that end it are taken by this thread alone. */
static bool run_serve(struct op_call *call, struct err *e)
{
    struct server_options options;
    struct server *server = NULL;
    sigset_t ends;
    int signal_number;
    if (!read_options(call, &options, e))
        return false;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGHUP);
    if (pthread_sigmask(SIG_BLOCK, &ends, NULL) != 0)
        return err_fail(e, &OUT_OF_MEMORY);
    bool started = server_start(&options, &server, e) && keep_served(call, server, &options, e);
    if (started) {
        tell(call, server, &options);
        while (sigwait(&ends, &signal_number) != 0)
            ;
    }
    server_stop(server);
    return started;
}

/* Where it was served: written after the end. */
static bool json_serve(struct op_call *call, struct json *out, struct err *e)
{
    const struct served *served = call->result;
    (void)e;
    json_object(out);
    json_key(out, "address");
    json_text(out, served->address);
    json_key(out, "port");
    json_int(out, served->port);
    json_object_end(out);
    return true;
}

static bool show_serve(struct op_call *call, struct print *p, struct err *e)
{
    (void)call, (void)p, (void)e;
    return true;
}

const struct op op_serve = {
    .name = "serve",
    .zh = "在浏览器中办公：提供页面和接口",
    .en = "the office in the browser: serves pages and the HTTP API",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_KEY,
    .run = run_serve,
    .json = json_serve,
    .show = show_serve,
};
