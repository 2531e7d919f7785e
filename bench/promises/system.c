/* Preloaded into a server: what the system does to its folder, and what the clock says, is up to a
 * page of memory that the checker shares with it. With a record, whatever is written and synced is
 * written down in order, so that a power cut can be played: what was not synced may be lost.
 *
 * FAULTS_FOLDER: the folder; FAULTS_PAGE: the file with the page; FAULTS_RECORD: the record, or
 * none. Nothing outside the folder is touched.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 65536 };

/* As bench/promises/system.py writes it. */
struct page {
    volatile int64_t room_bytes; /* by which files may still grow; -1: as they like */
    volatile int64_t read_only;
    volatile int64_t syncs_fail;
    volatile int64_t delay_us; /* of every write and sync */
    volatile int64_t clock_seconds;
};

/* As bench/promises/power.py reads it; so many bytes of data follow. */
struct entry {
    uint32_t kind, bytes;
    uint64_t inode, place;
};
enum { MADE = 1, WRITTEN, CUT, SYNCED, FOLDER_MADE, NAMED, UNNAMED };

static struct page idle = {-1, 0, 0, 0, 0}, *page = &idle;
static const char *folder;
static size_t folder_bytes;
static int record = -1;
static char watched[DESCRIPTORS_MAX]; /* descriptors of files and folders in the folder */

/* Names are given, taken and recorded one after the other, or the record would have another order. */
static pthread_mutex_t naming = PTHREAD_MUTEX_INITIALIZER;

#define REAL(result, name, ...)                                                                    \
    static result (*real_##name)(__VA_ARGS__);                                                     \
    if (!real_##name)                                                                              \
    real_##name = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void)
{
    REAL(int, open, const char *, int, ...);
    const char *path = getenv("FAULTS_PAGE"), *written = getenv("FAULTS_RECORD");
    int shared = path ? real_open(path, O_RDWR | O_CLOEXEC) : -1;
    folder = getenv("FAULTS_FOLDER");
    folder_bytes = folder ? strlen(folder) : 0;
    if (shared >= 0) {
        void *mapped = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
        if (mapped != MAP_FAILED)
            page = mapped;
        close(shared);
    }
    if (written)
        record = real_open(written, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static int is_within(const char *path)
{
    return folder_bytes && !strncmp(path, folder, folder_bytes) &&
           (!path[folder_bytes] || path[folder_bytes] == '/');
}

static int is_watched(int fd) { return fd >= 0 && fd < DESCRIPTORS_MAX && watched[fd]; }

static void note(uint32_t kind, uint64_t inode, uint64_t place, const void *data, size_t bytes)
{
    REAL(ssize_t, writev, int, const struct iovec *, int);
    struct entry entry = {kind, (uint32_t)bytes, inode, place};
    struct iovec parts[] = {{&entry, sizeof entry}, {(void *)data, bytes}};
    int error = errno;
    if (record >= 0 && real_writev(record, parts, 2) < 0)
        abort(); /* a record that lacks something would accuse the server */
    errno = error;
}

static uint64_t inode_of(int fd)
{
    struct stat status;
    return fstat(fd, &status) ? 0 : status.st_ino;
}

/* Split a path: its last part, and the inode of what it is in. */
static const char *name_in(const char *path, uint64_t *parent)
{
    char above[PATH_MAX];
    struct stat status;
    const char *slash = strrchr(path, '/');
    size_t bytes = slash ? (size_t)(slash - path) : 0;
    *parent = 0;
    if (bytes && bytes < sizeof above) {
        memcpy(above, path, bytes);
        above[bytes] = 0;
        if (!stat(above, &status))
            *parent = status.st_ino;
    }
    return slash ? slash + 1 : path;
}

static void note_name(uint32_t kind, const char *path, uint64_t inode)
{
    uint64_t parent;
    const char *name = name_in(path, &parent);
    note(kind, inode, parent, name, strlen(name));
}

static void wait_for_disk(void)
{
    if (page->delay_us > 0)
        usleep((useconds_t)page->delay_us);
}

static int refused(const char *path)
{
    if (!is_within(path) || !page->read_only)
        return 0;
    errno = EROFS;
    return 1;
}

static int opened(const char *name, int at, const char *path, int flags, mode_t mode)
{
    int (*real)(int, const char *, int, ...) =
        (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, name);
    struct stat status;
    int within = is_within(path), is_new, fd;
    if (!within)
        return real(at, path, flags, mode);
    is_new = (flags & O_CREAT) && stat(path, &status);
    if (page->read_only && (is_new || (flags & (O_WRONLY | O_RDWR | O_TRUNC)))) {
        errno = EROFS;
        return -1;
    }
    if (is_new && !page->room_bytes) {
        errno = ENOSPC;
        return -1;
    }
    pthread_mutex_lock(&naming);
    fd = real(at, path, flags, mode);
    if (fd >= 0 && fd < DESCRIPTORS_MAX) {
        watched[fd] = 1;
        if (is_new) {
            note(MADE, inode_of(fd), 0, NULL, 0);
            note_name(NAMED, path, inode_of(fd));
        } else if (flags & O_TRUNC) {
            note(CUT, inode_of(fd), 0, NULL, 0);
        }
    }
    pthread_mutex_unlock(&naming);
    return fd;
}

#define MODE_OF(flags)                                                                             \
    mode_t mode = 0;                                                                               \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                         \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode = va_arg(rest, mode_t);                                                               \
        va_end(rest);                                                                              \
    }

int open(const char *path, int flags, ...)
{
    MODE_OF(flags)
    return opened("openat", AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    MODE_OF(flags)
    return opened("openat64", AT_FDCWD, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...)
{
    MODE_OF(flags)
    return opened("openat", at, path, flags, mode);
}

int openat64(int at, const char *path, int flags, ...)
{
    MODE_OF(flags)
    return opened("openat64", at, path, flags, mode);
}

int close(int fd)
{
    REAL(int, close, int);
    if (is_watched(fd))
        watched[fd] = 0;
    return real_close(fd);
}

/* Return how many of `bytes` at `place` there is room for; -1 with errno if none. */
static ssize_t allowed(int fd, size_t bytes, off_t place)
{
    struct stat status;
    int64_t growth, room = page->room_bytes;
    wait_for_disk();
    if (page->read_only) {
        errno = EROFS;
        return -1;
    }
    if (room < 0 || fstat(fd, &status))
        return (ssize_t)bytes;
    growth = (int64_t)place + (int64_t)bytes - status.st_size;
    if (growth <= 0)
        return (ssize_t)bytes;
    if (growth > room)
        bytes = growth - room >= (int64_t)bytes ? 0 : bytes - (size_t)(growth - room);
    page->room_bytes = growth > room ? 0 : room - growth;
    if (bytes)
        return (ssize_t)bytes;
    errno = ENOSPC;
    return -1;
}

ssize_t write(int fd, const void *data, size_t bytes)
{
    REAL(ssize_t, write, int, const void *, size_t);
    struct stat status;
    ssize_t may, done;
    off_t place;
    if (!is_watched(fd))
        return real_write(fd, data, bytes);
    place = lseek(fd, 0, SEEK_CUR);
    if ((fcntl(fd, F_GETFL) & O_APPEND) && !fstat(fd, &status))
        place = status.st_size;
    if ((may = allowed(fd, bytes, place)) < 0)
        return may;
    if ((done = real_write(fd, data, (size_t)may)) > 0)
        note(WRITTEN, inode_of(fd), (uint64_t)place, data, (size_t)done);
    return done;
}

static ssize_t written_at(const char *name, int fd, const void *data, size_t bytes, off_t place)
{
    ssize_t (*real)(int, const void *, size_t, off_t) =
        (ssize_t(*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, name);
    ssize_t may, done;
    if (!is_watched(fd))
        return real(fd, data, bytes, place);
    if ((may = allowed(fd, bytes, place)) < 0)
        return may;
    if ((done = real(fd, data, (size_t)may, place)) > 0)
        note(WRITTEN, inode_of(fd), (uint64_t)place, data, (size_t)done);
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t bytes, off_t place)
{
    return written_at("pwrite", fd, data, bytes, place);
}

ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t place)
{
    return written_at("pwrite64", fd, data, bytes, place);
}

static int cut(const char *name, int fd, off_t bytes)
{
    int (*real)(int, off_t) = (int (*)(int, off_t))dlsym(RTLD_NEXT, name);
    int failed;
    if (!is_watched(fd))
        return real(fd, bytes);
    wait_for_disk();
    if (page->read_only) {
        errno = EROFS;
        return -1;
    }
    if (!(failed = real(fd, bytes)))
        note(CUT, inode_of(fd), (uint64_t)bytes, NULL, 0);
    return failed;
}

int ftruncate(int fd, off_t bytes) { return cut("ftruncate", fd, bytes); }

int ftruncate64(int fd, off64_t bytes) { return cut("ftruncate64", fd, bytes); }

static int synced(const char *name, int fd)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (!is_watched(fd))
        return real(fd);
    wait_for_disk();
    if (page->syncs_fail) {
        errno = EIO;
        return -1;
    }
    if (record < 0)
        return real(fd);
    note(SYNCED, inode_of(fd), 0, NULL, 0); /* the record stands for the disk */
    return 0;
}

int fsync(int fd) { return synced("fsync", fd); }

int fdatasync(int fd) { return synced("fdatasync", fd); }

int rename(const char *old, const char *new)
{
    REAL(int, rename, const char *, const char *);
    struct stat status;
    int failed;
    if (refused(old) || refused(new))
        return -1;
    pthread_mutex_lock(&naming);
    if (!(failed = real_rename(old, new)) && is_within(new) && !stat(new, &status)) {
        note_name(NAMED, new, status.st_ino);
        note_name(UNNAMED, old, status.st_ino);
    }
    pthread_mutex_unlock(&naming);
    return failed;
}

int unlink(const char *path)
{
    REAL(int, unlink, const char *);
    int failed;
    if (refused(path))
        return -1;
    pthread_mutex_lock(&naming);
    if (!(failed = real_unlink(path)) && is_within(path))
        note_name(UNNAMED, path, 0);
    pthread_mutex_unlock(&naming);
    return failed;
}

int mkdir(const char *path, mode_t mode)
{
    REAL(int, mkdir, const char *, mode_t);
    struct stat status;
    int failed;
    if (refused(path))
        return -1;
    pthread_mutex_lock(&naming);
    if (!(failed = real_mkdir(path, mode)) && is_within(path) && !stat(path, &status)) {
        note(FOLDER_MADE, status.st_ino, 0, NULL, 0);
        note_name(NAMED, path, status.st_ino);
    }
    pthread_mutex_unlock(&naming);
    return failed;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    REAL(int, clock_gettime, clockid_t, struct timespec *);
    int failed = real_clock_gettime(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += page->clock_seconds;
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    REAL(int, gettimeofday, struct timeval *restrict, void *restrict);
    int failed = real_gettimeofday(now, zone);
    if (!failed)
        now->tv_sec += page->clock_seconds;
    return failed;
}

time_t time(time_t *where)
{
    struct timeval now;
    gettimeofday(&now, NULL);
    if (where)
        *where = now.tv_sec;
    return now.tv_sec;
}
