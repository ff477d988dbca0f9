internal import InterlockLocks
internal import InterlockSystem

extension LockRecord {
  /// With what can be seen of those of its processes that run on this machine: a server knows what their tokens tell, and that
  /// is no command.
  ///
  /// A process of another machine of the same name, or that is not seen from here, is left as it was told.
  func seenFromHere(
    host: String = Machine.host, process: (Int32) -> ProcessIdentity? = { ProcessIdentity(of: $0) }
  ) -> LockRecord {
    func seen(_ owner: LockOwner?) -> LockOwner? {
      guard var owner, owner.host == host, owner.processStart != 0,
        let found = process(owner.process), found.start == owner.processStart
      else { return nil }
      if owner.command.isEmpty { owner.command = found.command }
      return owner
    }
    var record = self
    record.holders = holders.map { holder in
      var holder = holder
      if let owner = seen(holder.owner) { (holder.owner, holder.isAlive) = (owner, true) }
      return holder
    }
    record.waiters = waiters.map { waiter in
      var waiter = waiter
      if let owner = seen(waiter.owner) { (waiter.owner, waiter.isAlive) = (owner, true) }
      return waiter
    }
    return record
  }
}
