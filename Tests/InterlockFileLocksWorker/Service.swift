import Interlock
import InterlockFileLocks
import InterlockLocks
import InterlockSystem

/// Does what it is told, line by line.
///
/// `request ID NAME MODE`, `try ID NAME MODE`, `withdraw ID`, `release ID`, `stop` come in; `granted ID FENCE`, `refused ID WHY`,
/// `lost ID WHY`, `asked ID BY`, `released ID WAS` go out. A name is in hexadecimal.
struct Service {
  private let backend: FileLockBackend
  private var requests: [String: (token: LockToken, name: LockName)] = [:]

  init(directory: String) throws {
    backend = try FileLockBackend(directory: directory)
  }

  mutating func run() throws {
    say("ready")
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      switch words[0] {
      case "request", "try": try request(words)
      case "withdraw":
        let (token, name) = try known(words[1])
        backend.withdraw(token, of: name)
      case "release":
        let (token, name) = try known(words[1])
        let wasHeld = backend.releaseAtOnce(token, of: name) ?? false
        say("released \(words[1]) \(wasHeld)")
      default: return
      }
    }
  }

  private func known(_ id: String) throws -> (LockToken, LockName) {
    guard let found = requests[id] else {
      throw SystemError("find", id, number: 2)
    }
    return found
  }

  private mutating func request(_ words: [String]) throws {
    let id = words[1]
    let name = try LockName(text(words[2]))
    let token = backend.session.nextToken()
    requests[id] = (token, name)
    let request = LockRequest(
      name, LockMode(words[3]) ?? .exclusive, token: token, waits: words[0] == "request",
      reason: "test \(id)")
    do {
      let grant = try backend.request(request) { event in
        switch event {
        case .granted(let grant): say("granted \(id) \(grant.fence)")
        case .refused(let refusal): say("refused \(id) \(refusal)")
        case .lost(let loss): say("lost \(id) \(loss)")
        case .asked(let by, let reason): say("asked \(id) \(by) \(reason)")
        }
      }
      if let grant { say("granted \(id) \(grant.fence)") } else { say("waits \(id)") }
    } catch {
      say("refused \(id) \(error)")
    }
  }

  private func text(_ hex: String) -> String {
    let digits = Array(hex.utf8)
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16) ?? 0
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

func say(_ line: String) {
  // Whoever listens may be gone.
  try? StandardStream.output.write(line + "\n")
}
