internal import Interlock
internal import InterlockCommandLine
internal import InterlockLocks
internal import InterlockNode
internal import InterlockRedis
internal import InterlockSystem

extension Examination {
  /// Looks at where locks are coordinated when no command says otherwise: whether that can be used, and what it promises.
  mutating func lookAtLocks() async {
    do throws(BackendLocation.Problem) {
      await lookAtLocks(try .standard())
    } catch {
      add(
        .note, "locks", "there is no place for them: \(BackendLocation.variable) \(error.expected)",
        "set it, or name one with --backend")
    }
  }

  private mutating func lookAtLocks(_ location: BackendLocation) async {
    if case .files(let folder) = location.place, !FileAccess.exists(folder) {
      return lookAtPlace(for: folder)
    }
    do {
      let backend = try await location.openLocks()
      do {
        // Nobody's lock: what matters is that it is answered.
        _ = try await backend.record(of: LockName("doctor"))
        await backend.close()
      } catch {
        await backend.close()
        throw error
      }
      switch location.place {
      case .files(let folder): try lookAtFileSystem(of: folder, location.title)
      case .redis: try await lookAtServer(RedisURL(location.url), location.title)
      case .memory: add(.note, "locks", "memory: is for one process, and excludes no other")
      case .redisQuorum, .postgres: add(.good, "locks", "\(location.title) answers")
      }
    } catch {
      let failure = error as? LockError
      add(
        .problem, "locks", failure.map { "\($0)" } ?? "\(location.title): \(error)",
        "correct \(BackendLocation.variable), or see to it that it can be reached from here")
    }
  }

  private mutating func lookAtPlace(for folder: String) {
    do throws(SystemError) {
      try FileAccess.checkFolder(of: folder)
      add(.good, "locks", "\(folder) is not there yet; the first lock makes it")
    } catch {
      add(
        .note, "locks", error.what,
        "give \(BackendLocation.variable) a place this user can write, as file:///FOLDER")
    }
  }

  private mutating func lookAtFileSystem(of folder: String, _ title: String) throws {
    let kind = try FileSystemKind(of: FileDescriptor.folder(folder), folder)
    add(.good, "locks", "\(title), on \(kind.name), for the processes of this machine")
  }

  /// What the server keeps when it restarts, and when it is full, decides what its locks promise.
  private mutating func lookAtServer(_ url: RedisURL, _ title: String) async throws {
    let server = try RedisConversation(url, clientName: "interlock-doctor")
    var about: [Substring: Substring] = [:]
    for section in ["server", "persistence", "memory", "replication"] {
      let text = try await server.ask("INFO", section).string ?? ""
      for line in text.split(whereSeparator: \.isNewline) {
        guard let colon = line.firstIndex(of: ":") else { continue }
        about[line[..<colon]] = line[line.index(after: colon)...]
      }
    }
    let version = "\(title), version \(about["redis_version"] ?? "unknown")"
    // The user may not ask: then it is said that nobody knows.
    let sync = try? await server.ask("CONFIG", "GET", "appendfsync").elements?.last?.string
    switch (about["aof_enabled"] == "1", sync) {
    case (true, "always"?):
      add(.good, "locks", "\(version), which forgets nothing when it restarts")
    case (true, nil):
      add(
        .note, "locks", "\(version), which does not say how much it forgets when it restarts",
        "let this user CONFIG GET appendfsync: with always, a restart costs no holder its lock")
    case (true, _?), (false, _):
      add(
        .note, "locks", "\(version), which may forget who holds what when it restarts",
        "where what is guarded cannot check fences, have the server write each change: appendonly "
          + "yes, appendfsync always")
    }
    if about["role"] == "slave" {
      add(.problem, "locks", "\(title) is a replica and does not write", "name its primary")
    }
    if about["maxmemory"] != "0", let policy = about["maxmemory_policy"], policy != "noeviction" {
      add(
        .problem, "locks",
        "\(title) drops keys when its memory is full, locks among them (\(policy))",
        "set its maxmemory-policy to noeviction")
    }
  }
}
