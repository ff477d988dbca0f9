import Dispatch
import Glibc
import Interlock
import InterlockFileLocks
import InterlockLocks
import InterlockTestKit

/// Takes and gives back, and writes down when.
///
/// The history has lines of `LockEventRecord`, by the machine's clock; those of one grant come in one piece. A mode of `flock` uses flock(2)
/// instead.
struct Loop {
  private let name: LockName
  private let mode: LockMode
  private let holdMicroseconds: Int64
  private let log: Int32
  private let isBuffered: Bool
  private let worker = getpid()
  private let backend: FileLockBackend
  private let flockFile: Int32?
  private let clock = SystemClock()

  init(_ words: [String]) throws {
    name = try LockName(words[3])
    mode = LockMode(words[4]) ?? .exclusive
    holdMicroseconds = Int64(words[5]) ?? 0
    log = open(words[6], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    isBuffered = words[7] != "0"
    backend = try FileLockBackend(directory: words[2])
    flockFile =
      words[4] == "flock" ? open("\(words[2])/flock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600) : nil
  }

  func run() throws {
    let lasting = Int64(CommandLine.arguments[7]) ?? 0
    let last = LastGrant()
    var history: [Int64] = []
    var turns = 0
    // Everybody begins when there is something on the standard input.
    say("ready")
    _ = readLine()
    let end = clock.now.advanced(by: lasting == 0 ? .seconds(3600) : .milliseconds(lasting))
    while clock.now < end {
      let asked = clock.now.nanoseconds
      var answered = asked
      var number: UInt64 = 0
      let token = backend.session.nextToken()
      if let flockFile {
        while flock(flockFile, LOCK_EX) != 0 {}
      } else if let grant = try backend.request(
        LockRequest(name, mode, token: token),
        { event in
          if case .granted(let grant) = event {
            last.fence.withLock { $0 = grant.fence.number }
            last.arrived.signal()
          }
        })
      {
        number = grant.fence.number
      } else {
        answered = clock.now.nanoseconds
        last.arrived.wait()
        number = last.fence.withLock { $0 }
      }
      let now = clock.now.nanoseconds
      if answered == asked { answered = now }
      if !isBuffered {
        write(turns, [(.waiting, asked), (.queued, answered), (.entered, now)], Fence(number))
      }
      hold(since: now)
      let over = clock.now.nanoseconds
      if !isBuffered {
        write(turns, [(.left, over)], Fence(number))
        turns += 1
      } else {
        history += [asked, answered, now, over]
      }
      if let flockFile {
        flock(flockFile, LOCK_UN)
      } else {
        _ = backend.releaseAtOnce(token, of: name)
      }
    }
    for index in stride(from: 0, to: history.count, by: 4) {
      write(
        "H \(worker) \(history[index]) \(history[index + 2]) \(history[index + 3])\n")
    }
  }

  private func hold(since start: Int64) {
    guard holdMicroseconds > 0 else { return }
    var time = timespec(tv_sec: 0, tv_nsec: Int(holdMicroseconds * 1000))
    nanosleep(&time, nil)
  }

  private func write(
    _ turn: Int, _ events: [(kind: LockEventRecord.Kind, nanoseconds: Int64)], _ fence: Fence
  ) {
    let lines = events.map { kind, nanoseconds in
      let instant = Instant(nanoseconds: nanoseconds)
      return
        "\(LockEventRecord(process: Int(worker), request: turn, kind, at: instant, fence: fence))\n"
    }
    write(lines.joined())
  }

  private func write(_ line: String) {
    let bytes = Array(line.utf8)
    _ = Glibc.write(log, bytes, bytes.count)
  }
}

private final class LastGrant: Sendable {
  let fence = Guarded<UInt64>(0)
  let arrived = DispatchSemaphore(value: 0)
}

enum Pairs {
  static func run(directory: String, name: String, count: Int) throws {
    let backend = try FileLockBackend(directory: directory)
    let name = try LockName(name)
    let clock = SystemClock()
    for mode in [LockMode.exclusive, .shared, .permits(1, of: 4)] {
      let start = clock.now
      for _ in 0..<count {
        let token = backend.session.nextToken()
        _ = try backend.request(LockRequest(name, mode, token: token)) { _ in }
        _ = backend.releaseAtOnce(token, of: name)
      }
      let seconds = Double(start.nanoseconds(to: clock.now)) / 1e9
      say("\(mode) \(Int(Double(count) / seconds)) pairs/s")
    }
  }
}
