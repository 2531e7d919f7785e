/* Preloaded into a program: a page of hubbub.db cannot be read while a file says where it is, and how
   often that goes on. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *NAME = "/hubbub.db";

/* Several threads read, and the file is empty while it is written. */
static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;

static int fails_now(int descriptor, off_t offset) {
  const char *flag = getenv("READ_FAILS_AT");
  FILE *file = flag ? fopen(flag, "r") : NULL;
  if (!file) return 0;
  long long page = -1, times = 0;
  int found = fscanf(file, "%lld %lld", &page, &times);
  fclose(file);
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (found != 2 || times < 1 || length < (ssize_t)strlen(NAME)) return 0;
  path[length] = 0;
  if (strcmp(path + length - strlen(NAME), NAME)) return 0;
  if (offset < page || offset >= page + 4096) return 0;
  if (!(file = fopen(flag, "w"))) return 0;
  fprintf(file, "%lld %lld", page, times - 1);
  fclose(file);
  return 1;
}

static int fails(int descriptor, off_t offset) {
  pthread_mutex_lock(&counting);
  int refused = fails_now(descriptor, offset);
  pthread_mutex_unlock(&counting);
  return refused;
}

static ssize_t read_at(const char *name, int descriptor, void *bytes, size_t count, off_t offset) {
  ssize_t (*pread)(int, void *, size_t, off_t) =
      (ssize_t (*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, name);
  if (!fails(descriptor, offset)) return pread(descriptor, bytes, count, offset);
  errno = EIO;
  return -1;
}

ssize_t pread(int descriptor, void *bytes, size_t count, off_t offset) {
  return read_at("pread", descriptor, bytes, count, offset);
}

ssize_t pread64(int descriptor, void *bytes, size_t count, off64_t offset) {
  return read_at("pread64", descriptor, bytes, count, offset);
}
