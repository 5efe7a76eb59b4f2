/* Addresses. Always holds: a name that nobody said is ours is foreign; numbers cannot be rebound, so they are
 * ours. */
#include "api/host.h"
#include "api/api.err.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <strings.h>
#include <unistd.h>

#define BACKLOG 511

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool address_of(struct server *s, union address *out, socklen_t *size_out)
{
    const char *z = text_copy(&s->arena, s->options.address).at;
    *out = (union address){.v4 = {.sin_family = AF_INET, .sin_port = htons(s->options.port)}};
    *size_out = sizeof out->v4;
    if (z != NULL && inet_pton(AF_INET, z, &out->v4.sin_addr) == 1)
        return true;
    *out = (union address){.v6 = {.sin6_family = AF_INET6, .sin6_port = htons(s->options.port)}};
    *size_out = sizeof out->v6;
    return z != NULL && inet_pton(AF_INET6, z, &out->v6.sin6_addr) == 1;
}

static bool fail(struct server *s, int error, struct err *e)
{
    err_fail_text(e, &API_LISTEN, "address",
                  text_format(&s->arena, "%.*s:%u", TEXT_ARG(s->options.address), (unsigned)s->options.port));
    err_add(e, "reason", text_of(strerror(error)));
    return false;
}

bool host_listen(struct server *s, struct err *e)
{
    union address address;
    socklen_t size;
    int on = 1;
    if (!address_of(s, &address, &size))
        return fail(s, EINVAL, e);
    s->listening = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s->listening < 0 || setsockopt(s->listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
        || bind(s->listening, &address.any, size) != 0 || listen(s->listening, BACKLOG) != 0
        || getsockname(s->listening, &address.any, &size) != 0)
        return fail(s, errno, e);
    s->port = ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
    return true;
}

static bool is_loopback(const union address *a)
{
    static const struct in6_addr mapped = {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127}}};
    if (a->any.sa_family == AF_INET)
        return ntohl(a->v4.sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr) || memcmp(&a->v6.sin6_addr, &mapped, 13) == 0;
}

static bool is_number(struct text name)
{
    char z[INET6_ADDRSTRLEN];
    struct in6_addr unused;
    if (name.size == 0 || name.size >= sizeof z)
        return false;
    memcpy(z, name.at, name.size);
    z[name.size] = '\0';
    return inet_pton(AF_INET, z, &unused) == 1 || inet_pton(AF_INET6, z, &unused) == 1;
}

static enum MHD_Result keep_last(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
    const char **last = user;
    (void)kind;
    if (strcasecmp(name, "X-Forwarded-For") == 0)
        *last = value;
    return MHD_YES;
}

/* The last address of the last X-Forwarded-For is the one that our own proxy saw: what stands before it is
 * the client's word. TEXT_NONE where it is no address. */
static struct text forwarded(struct visit *v)
{
    const char *last = NULL;
    (void)MHD_get_connection_values(v->connection, MHD_HEADER_KIND, keep_last, &last);
    struct text all = text_of(last);
    size_t from = all.size;
    while (from > 0 && all.at[from - 1] != ',')
        from--;
    struct text address = text_trim(text_slice(all, from, all.size));
    return is_number(address) ? text_copy(&v->r.arena, address) : TEXT_NONE;
}

void host_source(struct visit *v)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(v->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char shown[INET6_ADDRSTRLEN] = "";
    union address address = {.any = {.sa_family = AF_UNSPEC}};
    if (info != NULL && info->client_addr != NULL)
        memcpy(&address, info->client_addr,
               info->client_addr->sa_family == AF_INET ? sizeof address.v4 : sizeof address.v6);
    if (address.any.sa_family == AF_INET)
        (void)inet_ntop(AF_INET, &address.v4.sin_addr, shown, sizeof shown);
    else if (address.any.sa_family == AF_INET6)
        (void)inet_ntop(AF_INET6, &address.v6.sin6_addr, shown, sizeof shown);
    v->r.head.source = text_copy(&v->r.arena, text_of(shown));
    v->r.head.loopback =
        address.any.sa_family != AF_UNSPEC && is_loopback(&address) && !v->server->options.behind_proxy;
    struct text through = v->server->options.behind_proxy ? forwarded(v) : TEXT_NONE;
    if (through.at != NULL && through.size > 0)
        v->r.head.source = through;
}

/* Name and port of "name:port", "[::1]:port" or "name". */
static struct text name_of(struct text host)
{
    size_t end = host.size;
    if (host.size > 0 && host.at[0] == '[') {
        end = text_find(host, TEXT("]"), 0);
        return end == SIZE_MAX ? host : text_slice(host, 1, end - 1);
    }
    size_t colon = text_find(host, TEXT(":"), 0);
    return colon == SIZE_MAX ? host : text_slice(host, 0, colon);
}

/* Names of hosts are the same in small letters and in capitals. */
static bool same_host(struct text a, struct text b)
{
    return a.size == b.size && (a.size == 0 || strncasecmp(a.at, b.at, a.size) == 0);
}

bool host_is_ours(const struct visit *v, struct err *e)
{
    const struct server_options *o = &v->server->options;
    struct text name = name_of(v->r.head.host);
    bool ours = is_number(name) || same_host(name, TEXT("localhost"));
    for (size_t i = 0; i < o->host_count && !ours; i++)
        ours = same_host(name, o->hosts[i]);
    return ours ? true : err_fail(e, &API_HOST);
}
