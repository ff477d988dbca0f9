#ifdef __linux__
#define _GNU_SOURCE
#include "cinterlock_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static const struct {
  uint32_t rate;
  speed_t constant;
} speeds[] = {
    {1200, B1200},       {2400, B2400},       {4800, B4800},       {9600, B9600},
    {19200, B19200},     {38400, B38400},     {57600, B57600},     {115200, B115200},
    {230400, B230400},   {460800, B460800},   {500000, B500000},   {576000, B576000},
    {921600, B921600},   {1000000, B1000000}, {1152000, B1152000}, {1500000, B1500000},
    {2000000, B2000000}, {2500000, B2500000}, {3000000, B3000000}, {3500000, B3500000},
    {4000000, B4000000},
};

static int speed_constant(uint32_t bits_per_second, speed_t *speed) {
  for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++) {
    if (speeds[i].rate == bits_per_second) {
      *speed = speeds[i].constant;
      return 0;
    }
  }
  errno = EINVAL;
  return -1;
}

size_t cinterlock_terminal_speeds(uint32_t *rates, size_t capacity) {
  size_t count = sizeof speeds / sizeof speeds[0];
  for (size_t i = 0; i < count && i < capacity; i++) rates[i] = speeds[i].rate;
  return count;
}

int cinterlock_terminal_make_raw(int descriptor, uint32_t bits_per_second) {
  struct termios mode;
  if (tcgetattr(descriptor, &mode) != 0) return -1;
  cfmakeraw(&mode);
  mode.c_cflag &= ~(CSTOPB | PARENB | CRTSCTS);
  mode.c_cflag |= CLOCAL | CREAD | CS8;
  // One byte at least: with none, a read of an idle line looks like its end.
  mode.c_cc[VMIN] = 1;
  mode.c_cc[VTIME] = 0;
  if (bits_per_second != 0) {
    speed_t speed;
    if (speed_constant(bits_per_second, &speed) != 0) return -1;
    if (cfsetispeed(&mode, speed) != 0 || cfsetospeed(&mode, speed) != 0) return -1;
  }
  return tcsetattr(descriptor, TCSANOW, &mode);
}

int cinterlock_terminal_claim(int descriptor) { return ioctl(descriptor, TIOCEXCL); }

int cinterlock_terminal_width(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int cinterlock_terminal_unsent(int descriptor) {
  int count = 0;
  return ioctl(descriptor, TIOCOUTQ, &count) == 0 ? count : -1;
}

void cinterlock_terminal_discard_output(int descriptor) { tcflush(descriptor, TCOFLUSH); }

int cinterlock_pseudo_terminal_open(char *path, size_t capacity) {
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master < 0) return -1;
  if (grantpt(master) == 0 && unlockpt(master) == 0) {
    int failure = ptsname_r(master, path, capacity);
    if (failure == 0) return master;
    errno = failure;
  }
  int saved = errno;
  close(master);
  errno = saved;
  return -1;
}
#endif
