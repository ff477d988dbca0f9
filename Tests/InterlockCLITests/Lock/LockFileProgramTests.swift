import Foundation
import TestSupport
import Testing

/// `interlock lock` between real processes, by files.
@Suite(.tags(.integration), .sharedThreads, .timeLimit(.minutes(3))) struct LockFileProgramTests {
  private let folder: TemporaryDirectory
  private var url: String { "file://\(folder("locks"))" }

  init() throws { folder = try TemporaryDirectory() }

  /// Runs a script, in which `$I` is the program, `$U` the backend and `$F` a folder of its own.
  private func shell(_ script: String) throws -> Program.Ended {
    try Program.run(
      ["-c", "I=$0 U=$1 F=$2; \(script)", Program.path.path(), url, folder.path],
      executable: URL(filePath: "/bin/bash"))
  }

  @Test func `locks.X2 two hundred runs from ten shells never overlap, and none is left behind`()
    throws
  {
    let ended = try shell(
      """
      echo 0 > $F/count
      work='mkdir $F/inside || exit 9; n=$(cat $F/count); echo $((n + 1)) > $F/count; rmdir $F/inside'
      export F
      for shell in 1 2 3 4 5 6 7 8 9 10; do
        ( for run in $(seq 20); do
            $I lock run counter --backend $U --timeout none -- sh -c "$work" || echo "status $?"
          done ) &
      done
      wait
      cat $F/count
      $I lock list --backend $U --json
      """)
    #expect(ended.output == "200\n", "\(ended)")
    #expect(ended.errors == "")
  }

  @Test func `locks.F1 a killed holder is followed at once, and its program is gone`() throws {
    let ended = try shell(
      """
      mkfifo $F/ready $F/gate
      $I lock run a --backend $U -- sh -c "echo \\$\\$ > $F/child; echo > $F/ready; read x < $F/gate" &
      holder=$!
      read x < $F/ready
      # Gone means ended: whether its parent has taken note is another matter.
      gone='while s=$(cut -d" " -f3 /proc/$(cat $F/child)/stat 2>/dev/null) && [ "$s" != Z ]; do :; done; echo mine'
      export F
      $I lock run a --backend $U --timeout none -- sh -c "$gone" &
      next=$!
      until [ "$($I lock show a --backend $U --json | grep -c '"waiters":\\[{')" = 1 ]; do :; done
      kill -9 $holder
      wait $next
      echo status $?
      """)
    #expect(ended.output == "mine\nstatus 0\n", "\(ended)")
  }

  @Test func `a lock that is broken ends its program with its own status`() throws {
    let ended = try shell(
      """
      mkfifo $F/ready
      $I lock run a --backend $U --reason work -- sh -c "echo > $F/ready; exec cat" < <(tail -f /dev/null & echo $! > $F/tail; wait) &
      run=$!
      read x < $F/ready
      $I lock break a --backend $U --token nobody; echo wrong $?
      $I lock break a --backend $U --token ""; echo empty $?
      $I lock break a --backend $U --any > $F/broken; echo broken $?
      wait $run
      echo status $?
      kill $(cat $F/tail)
      """)
    #expect(ended.output == "wrong 1\nempty 64\nbroken 0\nstatus 76\n", "\(ended)")
    #expect(ended.errors.contains("lost"), "\(ended.errors)")
  }

  @Test func `locks.R16 R12 clearing ends no living holder, and a signal frees the lock`() throws {
    let ended = try shell(
      """
      mkfifo $F/ready $F/gate
      $I lock run run-7/a --backend $U -- sh -c "echo > $F/ready; read x < $F/gate" &
      run=$!
      read x < $F/ready
      $I lock clear run-7 --orphans --backend $U --json | grep -o '"outcome":"[a-z]*"'
      kill -TERM $run
      wait $run
      echo status $?
      $I lock try run-7/a --backend $U -- echo free
      """)
    #expect(ended.output == "\"outcome\":\"kept\"\nstatus 143\nfree\n", "\(ended)")
  }

  @Test func `a folder that cannot be used is said with its own status`() throws {
    let file = folder("file")
    try Data().write(to: URL(filePath: file))
    let ended = try Program.run("lock", "run", "a", "--backend", "file://\(file)", "--", "true")
    #expect(ended.status == 69 || ended.status == 77, "\(ended)")
    #expect(ended.errors.contains(file), "\(ended.errors)")
  }
}
