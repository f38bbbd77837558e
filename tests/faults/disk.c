/*
 * A disk that fails on demand: preloaded into a program, it stands between the program and the files below one
 * directory.
 *
 * FAULTY_DISK          the directory
 * FAULTY_DISK_ORDERS   a file with one order a line: OPERATION SUFFIX ACTION PASS
 *                      OPERATION  open (for writing), read, write, sync, truncate, remove
 *                      SUFFIX     of the names of the files that are meant; * for all
 *                      ACTION     the number of an error; kill; torn, which writes one half and kills; or
 *                      killed, which kills behind the operation
 *                      PASS       so many matching operations are let pass before
 *                      The file is replaced, never changed; the counts start anew then.
 * FAULTY_DISK_PLATTER  a directory, if what would survive a power failure is to be known: for each file its content as
 *                      far as it was synced, and beside it, as NAME.dirty, which ranges were written since. A sync
 *                      that fails forgets what was written: Linux then takes it for written, and shows it to readers
 *                      as long as the machine runs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define ORDERS 16

enum { PROCEED = 0, KILL = -1, TORN = -2, KILLED = -3 };

struct order {
    char operation[16], suffix[64];
    int action;
    long pass;
};

struct range {
    off_t offset;
    size_t length;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct order orders[ORDERS];
static int order_count;
static struct stat orders_seen;
static const char *directory, *orders_path, *platter;

__attribute__((constructor)) static void begin(void)
{
    directory = getenv("FAULTY_DISK");
    orders_path = getenv("FAULTY_DISK_ORDERS");
    platter = getenv("FAULTY_DISK_PLATTER");
}

static int open_file(const char *path, int flags) { return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0600); }

static void die(void)
{
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;)
        pause();
}

/* The name of a file of ours, or NULL. What lies in shared memory is no matter of the disk. */
static const char *ours(const char *path)
{
    size_t length = directory ? strlen(directory) : 0;
    if (!length || strncmp(path, directory, length) || path[length] != '/')
        return NULL;
    size_t end = strlen(path);
    return end > 4 && !strcmp(path + end - 4, "-shm") ? NULL : path + length + 1;
}

static const char *name_of(int fd, char *path, size_t size)
{
    char link[32];
    if (!directory)
        return NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, size - 1);
    if (length < 0)
        return NULL;
    path[length] = 0;
    return ours(path);
}

static void read_orders(void)
{
    struct stat now;
    if (!orders_path || stat(orders_path, &now)) {
        order_count = 0;
        return;
    }
    if (now.st_ino == orders_seen.st_ino && now.st_mtim.tv_nsec == orders_seen.st_mtim.tv_nsec &&
        now.st_mtim.tv_sec == orders_seen.st_mtim.tv_sec)
        return;
    orders_seen = now;
    order_count = 0;
    char text[ORDERS * 128], *rest = text, *line;
    int fd = open_file(orders_path, O_RDONLY);
    ssize_t length = fd < 0 ? 0 : syscall(SYS_read, fd, text, sizeof text - 1);
    if (fd >= 0)
        syscall(SYS_close, fd);
    text[length > 0 ? length : 0] = 0;
    while (order_count < ORDERS && (line = strsep(&rest, "\n"))) {
        struct order *order = &orders[order_count];
        char action[16];
        if (sscanf(line, "%15s %63s %15s %ld", order->operation, order->suffix, action, &order->pass) != 4)
            continue;
        order->action = !strcmp(action, "kill")     ? KILL
                        : !strcmp(action, "torn")   ? TORN
                        : !strcmp(action, "killed") ? KILLED
                                                    : atoi(action);
        order_count++;
    }
}

static int told(const char *operation, const char *name)
{
    int action = PROCEED;
    size_t end = strlen(name);
    read_orders();
    for (int index = 0; index < order_count && action == PROCEED; index++) {
        struct order *order = &orders[index];
        size_t length = strlen(order->suffix);
        if (strcmp(order->operation, operation))
            continue;
        if (strcmp(order->suffix, "*") && (end < length || strcmp(name + end - length, order->suffix)))
            continue;
        if (order->pass-- <= 0)
            action = order->action;
    }
    if (action == KILL)
        die();
    return action;
}

static int on_platter(const char *name, const char *suffix, int flags)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", platter, name, suffix);
    return open_file(path, flags);
}

static void note_written(const char *name, off_t offset, size_t length)
{
    struct range range = {offset, length};
    int fd = on_platter(name, ".dirty", O_WRONLY | O_CREAT | O_APPEND);
    if (fd >= 0) {
        syscall(SYS_write, fd, &range, sizeof range);
        syscall(SYS_close, fd);
    }
}

static void copy(int from, int to, struct range range)
{
    char buffer[65536];
    while (range.length) {
        size_t wanted = range.length < sizeof buffer ? range.length : sizeof buffer;
        ssize_t length = syscall(SYS_pread64, from, buffer, wanted, range.offset);
        if (length <= 0)
            return;
        syscall(SYS_pwrite64, to, buffer, length, range.offset);
        range.offset += length;
        range.length -= (size_t)length;
    }
}

/* What is written is forgotten, and is on the disk where the sync was done. */
static void settle(int fd, const char *name, int done)
{
    struct range range;
    int from, to, dirty = on_platter(name, ".dirty", O_RDWR);
    if (dirty < 0)
        return;
    if (done) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        from = open_file(path, O_RDONLY);
        to = on_platter(name, "", O_WRONLY | O_CREAT);
        while (syscall(SYS_read, dirty, &range, sizeof range) == sizeof range)
            copy(from, to, range);
        syscall(SYS_close, from);
        syscall(SYS_close, to);
    }
    syscall(SYS_ftruncate, dirty, 0);
    syscall(SYS_close, dirty);
}

static ssize_t put(int fd, const void *data, size_t size, off_t offset, int placed)
{
    char path[4096];
    const char *name = name_of(fd, path, sizeof path);
    int action = PROCEED;
    if (name) {
        pthread_mutex_lock(&mutex);
        action = told("write", name);
        if (platter && action <= PROCEED)
            note_written(name, placed ? offset : lseek(fd, 0, SEEK_CUR), size);
        pthread_mutex_unlock(&mutex);
    }
    if (action > PROCEED) {
        errno = action;
        return -1;
    }
    if (action == TORN)
        size /= 2;
    ssize_t written = placed ? syscall(SYS_pwrite64, fd, data, size, offset) : syscall(SYS_write, fd, data, size);
    if (action < PROCEED)
        die();
    return written;
}

ssize_t write(int fd, const void *data, size_t size) { return put(fd, data, size, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return put(fd, data, size, offset, 1); }
ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset) { return put(fd, data, size, offset, 1); }

static ssize_t get(int fd, void *data, size_t size, off_t offset)
{
    char path[4096];
    const char *name = name_of(fd, path, sizeof path);
    int action = PROCEED;
    if (name) {
        pthread_mutex_lock(&mutex);
        action = told("read", name);
        pthread_mutex_unlock(&mutex);
    }
    if (action > PROCEED) {
        errno = action;
        return -1;
    }
    return syscall(SYS_pread64, fd, data, size, offset);
}

ssize_t pread(int fd, void *data, size_t size, off_t offset) { return get(fd, data, size, offset); }
ssize_t pread64(int fd, void *data, size_t size, off_t offset) { return get(fd, data, size, offset); }

static int sync_file(int fd, long call)
{
    char path[4096];
    const char *name = name_of(fd, path, sizeof path);
    if (!name)
        return (int)syscall(call, fd);
    pthread_mutex_lock(&mutex);
    int action = told("sync", name);
    /* The platter stands for the disk: with it, nothing has to wait for the real one. */
    int result = action > PROCEED || platter ? 0 : (int)syscall(call, fd);
    if (platter)
        settle(fd, name, action <= PROCEED);
    pthread_mutex_unlock(&mutex);
    if (action < PROCEED)
        die();
    if (action > PROCEED) {
        errno = action;
        return -1;
    }
    return result;
}

int fsync(int fd) { return sync_file(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_file(fd, SYS_fdatasync); }

static int cut(int fd, off_t length)
{
    char path[4096];
    const char *name = name_of(fd, path, sizeof path);
    int action = PROCEED;
    if (name) {
        pthread_mutex_lock(&mutex);
        action = told("truncate", name);
        if (platter && action <= PROCEED) {
            int kept = on_platter(name, "", O_WRONLY);
            if (kept >= 0) {
                syscall(SYS_ftruncate, kept, length);
                syscall(SYS_close, kept);
            }
        }
        pthread_mutex_unlock(&mutex);
    }
    if (action > PROCEED) {
        errno = action;
        return -1;
    }
    int result = (int)syscall(SYS_ftruncate, fd, length);
    if (action < PROCEED)
        die();
    return result;
}

int ftruncate(int fd, off_t length) { return cut(fd, length); }
int ftruncate64(int fd, off_t length) { return cut(fd, length); }

int unlink(const char *path)
{
    const char *name = ours(path);
    int action = PROCEED;
    if (name) {
        pthread_mutex_lock(&mutex);
        action = told("remove", name);
        if (platter && action <= PROCEED) {
            char kept[4096];
            snprintf(kept, sizeof kept, "%s/%s", platter, name);
            syscall(SYS_unlinkat, AT_FDCWD, kept, 0);
            snprintf(kept, sizeof kept, "%s/%s.dirty", platter, name);
            syscall(SYS_unlinkat, AT_FDCWD, kept, 0);
        }
        pthread_mutex_unlock(&mutex);
    }
    if (action > PROCEED) {
        errno = action;
        return -1;
    }
    int result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (action < PROCEED)
        die();
    return result;
}

static int open_ours(const char *path, int flags, mode_t mode)
{
    const char *name = ours(path);
    if (name && (flags & (O_WRONLY | O_RDWR | O_CREAT))) {
        pthread_mutex_lock(&mutex);
        int action = told("open", name);
        pthread_mutex_unlock(&mutex);
        if (action > PROCEED) {
            errno = action;
            return -1;
        }
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

#define OPENS(function)                                                                                                \
    int function(const char *path, int flags, ...)                                                                     \
    {                                                                                                                  \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                        \
        va_end(rest);                                                                                                  \
        return open_ours(path, flags, mode);                                                                           \
    }

OPENS(open)
OPENS(open64)
