/* Reads what open streams have, and looks through it: the part of the bench that has to be cheap.

   A payload begins with '~', which stands nowhere else, so tildes are events. Streams are in order, so the
   place of an event in its stream says which one it is. */

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

enum { MOST = 1024, BUFFER = 1 << 18 };

struct stream {
    int32_t descriptor, closed;
    int64_t bytes, events;
};

struct arrival {
    double when; /* on CLOCK_MONOTONIC, in seconds */
    int64_t first, count; /* places in the stream */
};

static char buffer[BUFFER];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

/* Whether there are events in what was read. */
static int look(struct stream *stream, size_t size, struct arrival *arrival) {
    const char *end = buffer + size, *each = buffer;
    int64_t count = 0;
    for (; (each = memchr(each, '~', end - each)); each++) count++;
    if (!count) return 0;
    *arrival = (struct arrival){.when = now(), .first = stream->events, .count = count};
    stream->events += count;
    return 1;
}

/* One read from each stream that has something; returns how many arrivals there are, at most MOST. */
int read_streams(int epoll, struct stream *streams, struct arrival *arrivals) {
    static struct epoll_event ready[MOST];
    int found = 0, count = epoll_wait(epoll, ready, MOST, 0);
    for (int each = 0; each < count; each++) {
        struct stream *stream = streams + ready[each].data.u64;
        ssize_t size = recv(stream->descriptor, buffer, BUFFER, MSG_DONTWAIT);
        if (size > 0) {
            stream->bytes += size;
            found += look(stream, size, arrivals + found);
        } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
            stream->closed = 1;
            epoll_ctl(epoll, EPOLL_CTL_DEL, stream->descriptor, NULL);
        }
    }
    return found;
}

/* Lets `epoll` watch the stream at this place of the table. */
int watch_stream(int epoll, const struct stream *streams, uint64_t place) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = place};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, streams[place].descriptor, &event);
}
