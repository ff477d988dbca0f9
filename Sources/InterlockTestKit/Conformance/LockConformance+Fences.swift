internal import Interlock
internal import InterlockLocks

extension LockConformance {
  /// Fences, terms, and their loss.
  static let fences: [Check] = [
    Check("fences of successive grants grow, whoever has them") { world in
      let (one, other) = (try await world.client(), try await world.client())
      var last = Fence(0)
      for round in 0..<20 {
        let client = round.isMultiple(of: 2) ? one : other
        try await client.withLock("a") { lease in
          try require(lease.fence > last, "\(lease.fence) is greater than \(last)")
          last = lease.fence
        }
      }
    },
    Check("a fence is greater than what the guarded thing has seen, when taken and later") {
      world in
      let client = try await world.client()
      try await client.withLock("a") { lease in
        let seen = Fence(lease.fence.number + 1_000_000_000)
        try await lease.raiseFence(above: seen)
        try require(lease.fence > seen, "it was raised above \(seen): \(lease.fence)")
      }
      let floor = try await client.withLock("a") { Fence($0.fence.number + 1_000_000_000) }
      try await client.withLock("a", options: LockOptions(fenceFloor: floor)) { lease in
        try require(lease.fence > floor, "it begins above \(floor): \(lease.fence)")
      }
    },
    Check("locks.C15 a lease can be proved while it is held, and not afterwards") { world in
      let client = try await world.client()
      let lease = try await client.withLock("a") { lease in
        try lease.check()
        if let left = lease.left {
          try require(left > .zero && left <= .seconds(30), "\(left) of 30 s are left")
        }
        return lease
      }
      do {
        try lease.check()
        throw ConformanceFailure("a lease that was given back cannot be proved")
      } catch {
        try require(error is LeaseError, "it says so: \(error)")
      }
    },
    Check("locks.R6 a lease that is not renewed ends with its term, and its body is told") {
      world in
      let (one, other) = (try await world.client(), try await world.client())
      let hasTerms = try await one.withLock("a") { $0.left != nil }
      guard hasTerms else { return }
      let reason = try await lockError("a lease that was not renewed is lost") {
        let options = LockOptions(term: .milliseconds(200), renewal: .never)
        try await one.withCancellableLock("a", options: options) { lease in
          try await untilCancelled()
        }
      }
      guard case .lost(.expired) = reason else {
        throw ConformanceFailure("the body is cancelled, and the loss is .expired: \(reason)")
      }
      try await other.withLock("a", timeout: world.patience) { _ in }
    },
    Check("locks.R6 a lease that is renewed outlasts its term") { world in
      let (one, other) = (try await world.client(), try await world.client())
      try await one.withLock("a", options: LockOptions(term: .milliseconds(300))) { lease in
        guard lease.left != nil else { return }
        let end = one.backend.clock.now.advanced(by: .milliseconds(900))
        try await one.backend.clock.sleep(until: end)
        try lease.check()
        try require(try await other.tryLock("a") == nil, "nobody else gets in")
      }
    },
  ]
}
