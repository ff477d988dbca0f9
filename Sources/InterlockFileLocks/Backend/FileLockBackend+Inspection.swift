internal import Interlock
public import InterlockLocks
internal import InterlockSystem

extension FileLockBackend {
  /// What is recorded about a lock; reading changes nothing, and makes no file.
  ///
  /// - Throws: `LockError` when it cannot be read.
  public func record(of name: LockName) async throws(LockError) -> LockRecord {
    try inspect(name)?.record(name) ?? LockRecord(name: name)
  }

  /// What is recorded about every lock at or below `prefix` that is held or waited for.
  ///
  /// - Throws: `LockError` when it cannot be read.
  public func records(below prefix: LockName?) async throws(LockError) -> [LockRecord] {
    let files: [String]
    do {
      files = try Folder.names(in: place.directory)
    } catch  where error.isMissing {
      return []
    } catch {
      throw place.error(error, prefix ?? "*")
    }
    var records: [LockRecord] = []
    for file in files where file.hasSuffix(".lk") {
      guard let name = name(of: file), prefix.map(name.isBelow) ?? true,
        let record = try inspect(name)?.record(name), !record.isIdle
      else { continue }
      records.append(record)
    }
    return records
  }

  /// What does not agree among all that is recorded about a lock.
  ///
  /// - Throws: `LockError` when it cannot be read.
  public func disagreements(about name: LockName) async throws(LockError) -> [String] {
    try inspect(name)?.disagreements ?? []
  }

  private func inspect(_ name: LockName) throws(LockError) -> Inspection? {
    do {
      return try Inspection(place.path(of: name), name, place)
    } catch {
      throw place.error(error, name)
    }
  }

  /// The name of the lock whose file that is; one that is too long for a file's name stands in the file.
  private func name(of file: String) -> LockName? {
    let text = file.dropLast(3)
    let bytes =
      NameEncoding.name(ofEncoded: text) ?? LockFile.name(in: "\(place.directory)/\(file)")
    guard let bytes, let name = try? LockName(verbatim: String(decoding: bytes, as: UTF8.self)),
      name.file == text
    else { return nil }
    return name
  }
}

extension LockFile {
  /// The name that a lock's file was made for; nil when it is none.
  static func name(in path: String) -> [UInt8]? {
    guard let descriptor = try? FileDescriptor.file(path, .reading),
      let status = FileStatus(of: descriptor), status.size >= Layout.fileSize,
      let map = try? SharedMapping(
        descriptor, length: Layout.fileSize, isWritable: false, path),
      map.load(Layout.magicAt) == Layout.magic
    else { return nil }
    let length = Int(truncatingIfNeeded: map.load(Layout.nameLengthAt))
    guard 1...LockName.longest ~= length else { return nil }
    return Words.bytes(map.read((length + 7) / 8, at: Layout.nameAt), length: length)
  }
}

extension Inspection {
  /// What the contract of backends calls it.
  fileprivate func record(_ name: LockName) -> LockRecord {
    LockRecord(
      name: name, holders: holders.map(\.holder), waiters: waiters.map(\.waiter), fence: fence)
  }
}
