/* Preloaded into a server: while a file exists, no sync to the disk succeeds. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int fails(void) {
  const char *path = getenv("SYNCS_FAIL_WHILE");
  return path && access(path, F_OK) == 0;
}

static int synced(const char *name, int descriptor) {
  int (*sync)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  if (!fails()) return sync(descriptor);
  errno = EIO;
  return -1;
}

int fsync(int descriptor) { return synced("fsync", descriptor); }

int fdatasync(int descriptor) { return synced("fdatasync", descriptor); }
