import Foundation
import TestSupport
import Testing

/// The time of day of a server that a test sets: a library in front of the C library adds seconds that stand in a file.
///
/// The clock that measures time stays as it is, as it does when an administrator sets a machine's time.
final class ServerClock: Sendable {
  private let directory: TemporaryDirectory

  /// A clock that is right.
  init() throws {
    directory = try TemporaryDirectory()
    try Self.source.write(toFile: directory("clock.c"), atomically: true, encoding: .utf8)
    try Data(count: 8).write(to: URL(filePath: directory("seconds")))
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments = ["clang", "-shared", "-fPIC", "-o", library, directory("clock.c")]
    compiler.standardInput = FileHandle.nullDevice
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0, "the clock cannot be built")
  }

  private var library: String { directory("clock.so") }

  /// What the server is started with.
  var environment: [String] {
    ["LD_PRELOAD=\(library)", "SERVER_CLOCK=\(directory("seconds"))"]
  }

  /// Sets it, so many seconds from the right time.
  func set(_ seconds: Int64) throws {
    // In place: the server looks at these very bytes.
    let file = try FileHandle(forUpdating: URL(filePath: directory("seconds")))
    try file.write(contentsOf: withUnsafeBytes(of: seconds.littleEndian) { Data($0) })
    try file.close()
  }

  private static let source = """
    #define _GNU_SOURCE
    #include <fcntl.h>
    #include <stdint.h>
    #include <stdlib.h>
    #include <sys/mman.h>
    #include <sys/syscall.h>
    #include <sys/time.h>
    #include <time.h>
    #include <unistd.h>

    static const volatile int64_t *seconds;

    __attribute__((constructor)) static void begin(void) {
      void *page = mmap(0, 8, PROT_READ, MAP_SHARED, open(getenv("SERVER_CLOCK"), O_RDONLY), 0);
      if (page != MAP_FAILED) seconds = page;
    }

    int clock_gettime(clockid_t clock, struct timespec *time) {
      int result = syscall(SYS_clock_gettime, clock, time);
      if (result == 0 && clock == CLOCK_REALTIME && seconds) time->tv_sec += *seconds;
      return result;
    }

    int gettimeofday(struct timeval *restrict time, void *restrict zone) {
      struct timespec now;
      clock_gettime(CLOCK_REALTIME, &now);
      time->tv_sec = now.tv_sec;
      time->tv_usec = now.tv_nsec / 1000;
      return 0;
    }

    """
}
