internal import Interlock

extension Drill {
  /// All of them.
  static let all: [Drill] = [
    Drill(
      name: "thundering_herd", summary: "many processes ask for one lock at the same moment",
      guarded: herd, unguarded: legacyHerd),
    Drill(
      name: "rapid_sequential", summary: "one process asks again before it was answered",
      guarded: rapid, unguarded: legacyRapid),
    Drill(
      name: "ttl_expiration", summary: "work takes longer than its term, renewed and not",
      guarded: longWork, unguarded: legacyBreak),
    Drill(
      name: "orphaned_locks", summary: "a process ends and leaves its grant behind",
      guarded: orphan, unguarded: legacyKill),
    Drill(
      name: "token_corruption", summary: "a stranger ends the grant with wrong tokens",
      guarded: wrongTokens, unguarded: legacyRemoval),
    Drill(
      name: "clear_while_held", summary: "the lock is cleared while its holder works",
      guarded: clear, unguarded: legacyRemoval),
    Drill(
      name: "stopped_holder", summary: "the holder stands still for longer than its term",
      guarded: stoppedHolder, unguarded: legacyBreak),
    Drill(
      name: "killed_holder", summary: "the holder is killed while others wait",
      guarded: killedHolder, unguarded: legacyKill),
    Drill(
      name: "random_faults", summary: "processes that compete are killed and stopped at random",
      guarded: randomFaults, unguarded: legacyKill),
    Drill(
      name: "server_restart", summary: "the server of the backend is restarted under a holder",
      guarded: restart, unguarded: legacyRestart, restartsServer: true),
  ]
}
