/* What no chat server can beat: reads what is there, joins it, and writes it once to everybody.
 *
 * It knows no names, frames, rooms or limits, and keeps nothing. Whoever connects gets a '+', so
 * that it knows that it is in. Usage: limit PORT
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 65536, BATCH_BYTES_MAX = 1 << 20, EVENTS_MAX = 1024 };

static int everybody[CONNECTIONS_MAX];
static int present;
static char batch[BATCH_BYTES_MAX];

static void let_in(int listening, int epoll)
{
    int yes = 1;
    int fd = accept(listening, NULL, NULL);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (fd < 0)
        return;
    if (present == CONNECTIONS_MAX || write(fd, "+", 1) != 1) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    everybody[present++] = fd;
}

static void let_go(int fd)
{
    for (int at = 0; at < present; at++)
        if (everybody[at] == fd) {
            everybody[at] = everybody[--present];
            break;
        }
    close(fd);
}

static void write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);
        if (written <= 0)
            return; /* the reader notices that it is gone */
        bytes += written;
        size -= (size_t)written;
    }
}

int main(int count, char **arguments)
{
    struct epoll_event events[EVENTS_MAX], event = {.events = EPOLLIN};
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct rlimit descriptors;
    int yes = 1, listening = socket(AF_INET, SOCK_STREAM, 0), epoll = epoll_create1(0);

    signal(SIGPIPE, SIG_IGN);
    getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = descriptors.rlim_max;
    setrlimit(RLIMIT_NOFILE, &descriptors);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((unsigned short)atoi(count > 1 ? arguments[1] : "0"));
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listening, (struct sockaddr *)&address, sizeof address) || listen(listening, 4096)) {
        perror("limit");
        return 1;
    }
    event.data.fd = listening;
    epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &event);
    for (;;) {
        int ready = epoll_wait(epoll, events, EVENTS_MAX, -1);
        size_t size = 0;
        for (int at = 0; at < ready; at++) {
            int fd = events[at].data.fd;
            ssize_t got;
            if (fd == listening) {
                let_in(listening, epoll);
                continue;
            }
            if (size == BATCH_BYTES_MAX)
                break; /* the rest is still there at the next wake-up */
            got = read(fd, batch + size, BATCH_BYTES_MAX - size);
            if (got > 0)
                size += (size_t)got;
            else
                let_go(fd);
        }
        for (int at = 0; size > 0 && at < present; at++)
            write_all(everybody[at], batch, size);
    }
}
